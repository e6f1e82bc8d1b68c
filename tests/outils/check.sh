#!/usr/bin/env bash
# Lint, types, contracts, laws. Every step runs, even after one failed; no baseline of exceptions.
set -u
cd "$(dirname "$0")/../.."
bin=.venv/bin
export PYTHONPATH=$PWD PYTHONDONTWRITEBYTECODE=1
failed=()
step() {
  local name=$1; shift
  local out; out=$(mktemp)
  if "$@" >"$out" 2>&1; then echo "ok       $name"; else echo "FAILED   $name"; cat "$out"; failed+=("$name"); fi
  rm -f "$out"
}
production() { # the deployment checks, with an environment such as production has
  env TANDEM_MODE=production TANDEM_SITE_URL=https://tandem.example TANDEM_ALLOWED_HOSTS=tandem.example \
    TANDEM_SECRET_KEY="$($bin/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    TANDEM_ENCRYPTION_KEYS="k1:$($bin/python -c 'import base64,os; print(base64.b64encode(os.urandom(32)).decode())')" \
    TANDEM_INDEX_KEY="$($bin/python -c 'import base64,os; print(base64.b64encode(os.urandom(32)).decode())')" \
    TANDEM_SUPPORT_EMAIL=aide@tandem.example TANDEM_EMAIL_FROM=aide@tandem.example \
    TANDEM_EMAIL_URL=smtp://localhost:25 TANDEM_FC_ISSUER=https://fc.example TANDEM_FC_CLIENT_ID=x \
    TANDEM_FC_CLIENT_SECRET=0123456789012345678901234567890123456789 DATABASE_URL="sqlite:///:memory:" \
    DJANGO_SETTINGS_MODULE=config.settings "$@"
}
templates() { git ls-files '*.html' | xargs -r $bin/djade --check --target-version 5.2; }
step "ruff check" $bin/ruff check .
step "ruff format" $bin/ruff format --check .
step "djade" templates
step "import contracts" $bin/lint-imports
step "mypy --strict" $bin/mypy config tandem simulateurs bench docs tests conftest.py
step "migrations" $bin/python -m django makemigrations --check --dry-run --settings tests.settings
step "check --deploy" production $bin/python -W error -m django check --deploy --fail-level WARNING
step "laws of the house" $bin/pytest -q -p no:cacheprovider -n 2 tests/maison
[ ${#failed[@]} -eq 0 ] && { echo "check: all green"; exit 0; }
echo "check: ${#failed[@]} failed: ${failed[*]}"; exit 1
