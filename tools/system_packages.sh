#!/usr/bin/env bash
# The browser tests need Chromium and a Chinese typeface from the system. As root on Debian or Ubuntu they are installed;
# otherwise this says what is missing and fails, because a test run that skips the browser is not the whole test.
set -euo pipefail

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium)
if ! compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null; then
  command -v fc-list >/dev/null && fc-list :lang=zh-cn family | grep -q . || missing+=(fonts-noto-cjk)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "The browser tests need: ${missing[*]}" >&2
  echo "Install them (Debian, Ubuntu: sudo apt install ${missing[*]}), or run the rest by \`make test-fast\`." >&2
  exit 1
fi

echo "Installing ${missing[*]} for the browser tests …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -20 "$log" >&2
  echo "apt-get could not install: ${missing[*]}" >&2
  exit 1
fi
