// npm oidc-provider configured as FranceConnect configures it. Prints one JSON line when it listens, then obeys
// POST /control {"rotate": true} | {"account": {...}}; every setting comes from the JSON of the first argument.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider from 'oidc-provider';

const settings = JSON.parse(process.argv[2]);
const ALLOWED = new Set(['client_id', 'acr_values', 'claims', 'response_type', 'nonce', 'state', 'redirect_uri', 'scope', 'prompt', 'idp_hint', 'ui_locales']);
const PIVOT = ['given_name', 'given_name_array', 'family_name', 'birthdate', 'gender', 'birthplace', 'birthcountry'];
const SUB = `${randomBytes(32).toString('hex')}v1`;

let account = settings.account;
let cancelled = false;
let keys = [newKey()];
let provider;
let origin;

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'ES256' };
}

function configuration() {
  return {
    clients: [{
      client_id: settings.client_id,
      client_secret: settings.client_secret,
      redirect_uris: [settings.redirect_uri],
      post_logout_redirect_uris: [settings.post_logout_uri],
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'ES256',
      response_types: ['code'],
      grant_types: ['authorization_code'],
    }],
    jwks: { keys },
    acrValues: ['eidas1'],
    claims: {
      openid: ['sub', 'acr'], acr: null, identite_pivot: PIVOT, preferred_username: ['preferred_username'], email: ['email'],
    },
    scopes: ['openid', 'identite_pivot', 'preferred_username', 'email'],
    conformIdTokenClaims: true,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: {
      devInteractions: { enabled: false },
      jwtUserinfo: { enabled: true },
      claimsParameter: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], userinfoSigningAlgValues: ['ES256'] },
    pkce: { required: () => false },
    ttl: { AuthorizationCode: 30, AccessToken: 60, IdToken: 60, Session: 1800, Interaction: 600, Grant: 1800 },
    routes: {
      authorization: '/api/v2/authorize', token: '/api/v2/token', userinfo: '/api/v2/userinfo', jwks: '/api/v2/jwks', end_session: '/api/v2/session/end',
    },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...account }) }),
  };
}

function build() {
  provider = new Provider(`${origin}/api/v2`, configuration());
}

// FranceConnect's own pages, answered at once: the person identifies, and consents to the scopes asked.
async function interact(request, response) {
  if (cancelled) {
    return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'User auth aborted' });
  }
  const { params, prompt, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: SUB, acr: 'eidas1' } });
  }
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: SUB, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

// FranceConnect's DTO stands before the engine: anything it does not list is Y030007.
function refusedByDto(url) {
  const names = [...url.searchParams.keys()];
  return names.some((name) => !ALLOWED.has(name)) || new Set(names).size !== names.length
    || !url.searchParams.get('acr_values') || (url.searchParams.get('nonce') ?? '').length < 22;
}

async function control(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  const order = JSON.parse(body);
  if (order.rotate) { keys = [newKey(), ...keys]; build(); }
  if (order.account) account = order.account;
  if ('cancelled' in order) cancelled = order.cancelled;
  response.writeHead(204).end();
}

const server = createServer((request, response) => {
  const url = new URL(request.url, origin);
  if (url.pathname === '/control') return control(request, response);
  if (url.pathname === '/api/v2/authorize' && refusedByDto(url)) {
    return response.writeHead(400, { 'content-type': 'text/plain' }).end('Y030007');
  }
  if (url.pathname.startsWith('/interaction/')) return interact(request, response);
  return provider.callback()(request, response);
});

server.listen(0, '127.0.0.1', () => {
  origin = `http://127.0.0.1:${server.address().port}`;
  build();
  console.log(JSON.stringify({ issuer: `${origin}/api/v2`, origin, sub: SUB }));
});
