// npm openid-client driven as FranceConnect drives it: one JSON order per line on stdin, one JSON answer per line.
import { createInterface } from 'node:readline';
import { Issuer, generators, custom } from 'openid-client';

custom.setHttpOptionsDefaults({ timeout: 6000 }); // REQUEST_TIMEOUT of FranceConnect (FI-08)

let clock; // seconds; the tests' clock stands still
Date.now = () => clock * 1000;

let client;
let checks;

const orders = {
  // Without discovery, as FranceConnect registers its providers (FI-15); or with it, as other peers do (FI-16).
  async open({ metadata, discovery, settings }) {
    const issuer = discovery ? await Issuer.discover(discovery) : new Issuer(metadata);
    client = new issuer.Client(settings);
    return { metadata: issuer.metadata };
  },
  // 64 hexadecimal digits each (FI-01).
  async authorize({ params, pkce }) {
    checks = { state: hex(), nonce: hex(), response_type: 'code' };
    const more = {};
    if (pkce) {
      checks.code_verifier = generators.codeVerifier();
      more.code_challenge = generators.codeChallenge(checks.code_verifier);
      more.code_challenge_method = 'S256';
    }
    return { url: client.authorizationUrl({ state: checks.state, nonce: checks.nonce, ...more, ...params }) };
  },
  async callback({ url, redirect_uri, change }) {
    const params = client.callbackParams(url);
    const tokens = await client.callback(redirect_uri, params, { ...checks, ...change });
    return { tokens, claims: tokens.claims() };
  },
  // The code again, as a thief would (FI-09).
  async exchange({ code, redirect_uri }) {
    return { tokens: await client.grant({ grant_type: 'authorization_code', code, redirect_uri }) };
  },
  async userinfo({ access_token, method }) {
    return { identity: await client.userinfo(access_token, { method: method ?? 'GET' }) };
  },
  // What FranceConnect does: the token set, so that openid-client compares both subjects itself (FI-11).
  async identify({ url, redirect_uri }) {
    const tokens = await client.callback(redirect_uri, client.callbackParams(url), checks);
    return { claims: tokens.claims(), identity: await client.userinfo(tokens), id_token: tokens.id_token };
  },
  async logout({ id_token, post_logout_redirect_uri, state }) {
    return { url: client.endSessionUrl({ id_token_hint: id_token, post_logout_redirect_uri, state }) };
  },
};

function hex() {
  return Buffer.from(generators.random(48), 'base64url').subarray(0, 32).toString('hex');
}

for await (const line of createInterface({ input: process.stdin })) {
  const { order, now, ...given } = JSON.parse(line);
  clock = now;
  let answer;
  try {
    answer = await orders[order](given);
  } catch (error) {
    answer = { error: error.error ?? error.name, message: error.message, description: error.error_description };
  }
  console.log(JSON.stringify(answer));
}
