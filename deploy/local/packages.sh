#!/bin/sh
# What Debian must have for a command of ./ocop: as root it is installed, otherwise everything that
# is missing is named in one command. Called by ./ocop before there is a Python environment, and by
# run and test themselves.
#
#   sh deploy/local/packages.sh run|demo|bench|test|...
set -eu

purpose=${1:-}
python=${OCOP_PYTHON:-python3}
missing=

say() { printf 'ocop: %s\n' "$*" >&2; }
need() { # PACKAGE TEST: the package is wanted unless the test holds
    wanted=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $wanted"
}
library() { /sbin/ldconfig -p | grep -q "$1"; }
command_of() { command -v "$1"; }
installed() { dpkg-query -W -f '${Status}' "$1" | grep -q '^install ok installed'; }
# The same places as elasticsearch.py looks in; what a Java is stands in its release file.
some_java() {
    at=$(command -v java) && at=$(readlink -f "$at")
    for home in "${JAVA_HOME:-}" "${at%/bin/java}" $(ls -d /usr/lib/jvm/*); do
        if [ -x "$home/bin/java" ] && [ -r "$home/release" ] && new_enough "$home/release"; then
            return 0
        fi
    done
    return 1
}
new_enough() {
    while IFS='="' read -r name _ version _; do
        [ "$name" != JAVA_VERSION ] || [ "${version%%[!0-9]*}" -lt 17 ] || return 0
    done <"$1"
    return 1
}
# Debian 12 offers 17 and 13 offers 21. Without lists of packages: what Debian itself prefers.
java_package() {
    offered=$(apt-cache search --names-only '^openjdk-[0-9]+-jre-headless$' 2>/dev/null |
        cut -d- -f2 | sort -n | while read -r release; do
            [ "$release" -lt 17 ] || { echo "openjdk-$release-jre-headless" && break; }
        done)
    echo "${offered:-default-jre-headless}"
}

# Debian splits venv and ensurepip off; python3-minimal lacks even json.
need python3-venv "$python" -c 'import venv, ensurepip, json, fcntl'
case $purpose in
run | demo | bench | test)
    # An address that is given needs no engine here.
    if [ -z "${OCOP_RABBITMQ:-}" ]; then
        need rabbitmq-server [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]
    fi
    if [ -z "${OCOP_MONGODB:-}" ]; then
        need libcurl4 library 'libcurl\.so\.4'
    fi
    if [ -z "${OCOP_ELASTICSEARCH:-}" ]; then
        need "$(java_package)" some_java
        need maven command_of mvn
    fi
    # WeasyPrint, which makes papers, stands on these; Liberation Serif is as wide as Times New Roman.
    need libpangoft2-1.0-0 library 'libpangoft2-1\.0\.so\.0'
    need libharfbuzz-subset0 library 'libharfbuzz-subset\.so\.0'
    need fonts-liberation2 installed fonts-liberation2
    # Names in Khmer, Chinese, Greek or with a sign among them: what Liberation lacks.
    for font in fonts-noto-core fonts-droid-fallback fonts-symbola; do need $font installed $font; done
    ;;
esac
if [ "$purpose" = test ]; then
    need chromium command_of chromium
    need libatomic1 library 'libatomic\.so\.1' # the node in Playwright's wheel stands on it
fi

[ -n "$missing" ] || exit 0
missing=${missing# }

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "còn thiếu các gói · these packages are missing: $missing"
    say "hãy chạy với quyền root, rồi chạy lại · run as root, then again:"
    say "    apt-get update && apt-get install -y --no-install-recommends $missing"
    case "$missing" in *rabbitmq-server*)
        [ ! -d /run/systemd/system ] ||
            say "(để RabbitMQ của hệ thống không tự chạy · to keep the system's own RabbitMQ from starting, before: systemctl mask rabbitmq-server)" ;;
    esac
    exit 1
fi

# No service is started by the installation: the packages' own are never used.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    trap 'rm -f $policy' EXIT
    trap 'exit 130' INT TERM HUP
fi
say "đang cài · installing: $missing"
say "(không dịch vụ nào được khởi động · no service is started by it)"
log=$(mktemp)
if ! { apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing; } >"$log" 2>&1; then
    cat "$log" >&2
    say "không cài được · could not be installed; $log"
    exit 1
fi
rm -f "$log"
