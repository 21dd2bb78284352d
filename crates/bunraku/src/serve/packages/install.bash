#!/bin/bash
# Makes this machine an agent, or a compiler, of the primary that gave out this script.
#
# What is believed: this script, for the way on which it came (with `curl -k` that is nothing; `--cacert` with the authority's
# certificate proves it). Everything after it is fetched over TLS that is verified by the authority below, and the program of a
# compiler is compared with the checksum below.
#
# Arguments: SECTION:KEY=VALUE with a section of main, master, server, agent, user (for puppet.conf), custom_attributes and
# extension_requests (for csr_attributes.yaml); --puppet-service-ensure running|stopped, --puppet-service-enable
# true|false|mask|manual, --puppet-service-debug. With extension_requests:pp_auth_role=pe_compiler it becomes a compiler.
set -euo pipefail
umask 022

# @SETTINGS@

say() { printf '%s\n' "$*"; }
warn() { printf 'Warning: %s\n' "$*" >&2; }
fail() {
  printf 'Error: %s\n' "$*" >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
systemd_runs() { [ -d /run/systemd/system ] && has systemctl; }

SERVICE_ENSURE=running
SERVICE_ENABLE=true
SERVICE_DEBUG=
ROLE=agent
SETTINGS=()
CUSTOM=()
EXTENSIONS=()
WORK=
POLICY=
POLICY_MARK='no service starts while install.bash of Bunraku installs a package'

clean_up() {
  if [ -n "$POLICY" ]; then rm -f "$POLICY"; fi
  if [ -n "$WORK" ]; then rm -rf "$WORK"; fi
}

add_setting() {
  local word=$1 section key value
  section=${word%%:*}
  value=${word#*:}
  key=${value%%=*}
  value=${value#*=}
  # A line that ends early would be a setting of its own.
  case $word in *[[:cntrl:]]*) fail "control characters are not allowed: $(printf '%q' "$word")" ;; esac
  case $section in
    main | master | server | agent | user)
      [[ $key =~ ^[a-z][a-z0-9_]*$ ]] || fail "'$key' is no setting of puppet.conf"
      SETTINGS+=("$section" "$key" "$value")
      ;;
    custom_attributes)
      [[ $key =~ ^[A-Za-z0-9_.]+$ ]] || fail "'$key' is neither a name nor an object identifier"
      CUSTOM+=("$key" "$value")
      ;;
    extension_requests)
      [[ $key =~ ^[A-Za-z0-9_.]+$ ]] || fail "'$key' is neither a name nor an object identifier"
      EXTENSIONS+=("$key" "$value")
      case $key=$value in
        pp_auth_role=pe_compiler | 1.3.6.1.4.1.34380.1.3.13=pe_compiler) ROLE=compiler ;;
      esac
      ;;
    *) fail "unknown section in '$word'; known are main, master, server, agent, user, custom_attributes, extension_requests" ;;
  esac
}

read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --) ;;
      --puppet-service-ensure)
        case ${2-} in
          running | stopped) SERVICE_ENSURE=$2 ;;
          *) fail "--puppet-service-ensure takes running or stopped" ;;
        esac
        shift
        ;;
      --puppet-service-enable)
        case ${2-} in
          true | false | mask | manual) SERVICE_ENABLE=$2 ;;
          *) fail "--puppet-service-enable takes true, false, mask or manual" ;;
        esac
        shift
        ;;
      --puppet-service-debug) SERVICE_DEBUG=--debug ;;
      [a-z_]*:*=*) add_setting "$1" ;;
      *) fail "'$1' is no argument of this script; it takes section:key=value and --puppet-service-ensure, -enable, -debug" ;;
    esac
    shift
  done
}

from_os_release() {
  local file
  for file in /etc/os-release /usr/lib/os-release; do
    [ -r "$file" ] || continue
    # shellcheck disable=SC1090
    NAME_FOUND=$(. "$file" && printf '%s' "${ID-}")
    # shellcheck disable=SC1090
    RELEASE_FOUND=$(. "$file" && printf '%s' "${VERSION_ID-}")
    return 0
  done
  return 1
}

detect_platform() {
  local name release arch
  NAME_FOUND=
  RELEASE_FOUND=
  if ! from_os_release; then
    if has lsb_release; then
      NAME_FOUND=$(lsb_release -s -i | tr '[:upper:]' '[:lower:]')
      RELEASE_FOUND=$(lsb_release -s -r)
    elif [ "$(uname -s)" = Darwin ]; then
      NAME_FOUND=osx
      RELEASE_FOUND=$(sw_vers -productVersion)
    elif [ "$(uname -s)" = SunOS ]; then
      NAME_FOUND=solaris
      RELEASE_FOUND=$(uname -r | cut -d. -f2)
    elif [ "$(uname -s)" = AIX ]; then
      NAME_FOUND=aix
      RELEASE_FOUND=7.1
    elif [ -r /etc/redhat-release ]; then
      NAME_FOUND=rhel
      RELEASE_FOUND=$(sed 's/[^0-9]*\([0-9.]*\).*/\1/' /etc/redhat-release)
    elif [ -r /etc/debian_version ]; then
      NAME_FOUND=debian
      RELEASE_FOUND=$(cat /etc/debian_version)
    elif [ -r /etc/SuSE-release ]; then
      NAME_FOUND=sles
      RELEASE_FOUND=$(sed -n 's/^VERSION *= *//p' /etc/SuSE-release)
    elif [ -r /etc/system-release ]; then
      NAME_FOUND=amazon
      RELEASE_FOUND=2
    fi
  fi
  name=${PLATFORM_NAME-$NAME_FOUND}
  release=${RELEASE-$RELEASE_FOUND}
  case $(uname -s) in
    AIX | SunOS) arch=$(uname -p) ;;
    *) arch=$(uname -m) ;;
  esac
  MACHINE=$arch
  case $name in
    centos | oracle | ol | rocky | almalinux | scientific) name=rhel ;;
    amzn) name=amazon ;;
    sles_sap) name=sles ;;
  esac
  case $name in
    amazon) if [ "$release" = 2 ]; then release=7; else release=6; fi ;;
    rhel | sles | solaris | debian) release=${release%%.*} ;;
    osx) if [ "${release%%.*}" -ge 11 ]; then release=${release%%.*}; fi ;;
  esac
  if [ "$name" = rhel ] && [ "$(cat /proc/sys/crypto/fips_enabled 2>/dev/null || true)" = 1 ]; then name=redhatfips; fi
  case $arch in
    i686) arch=i386 ;;
    powerpc) arch=power ;;
  esac
  case $name in
    debian | ubuntu)
      case $arch in
        x86_64) arch=amd64 ;;
        ppc64le) arch=ppc64el ;;
      esac
      ;;
  esac
  arch=${ARCHITECTURE-$arch}
  PLATFORM=$name
  case $name in
    rhel | amazon) TAG=${PLATFORM_TAG-el-$release-$arch} ;;
    *) TAG=${PLATFORM_TAG-$name-$release-$arch} ;;
  esac
  [[ $TAG =~ ^[a-z0-9][a-z0-9._-]*$ ]] || fail "this platform is not known ('$TAG'); PLATFORM_TAG names it, such as debian-12-amd64"
}

# fetch PATH FILE: from the server that gave out this script, verified by its authority. What is there of the file is not fetched again.
fetch() {
  local url=$BUNRAKU_URL/$1
  if has curl; then
    # A newer curl (7.71) also goes on after a connection that broke.
    curl -sS -f --retry 3 -C - --cacert "$CA_FILE" -o "$2" "$url"
  elif has wget; then
    wget -q --tries=4 -c --ca-certificate="$CA_FILE" -O "$2" "$url"
  else
    fail "neither curl nor wget is installed"
  fi
}

sha256_of() {
  if has sha256sum; then
    sha256sum "$1" | cut -d' ' -f1
  elif has openssl; then
    openssl dgst -sha256 -r "$1" | cut -d' ' -f1
  else
    fail "neither sha256sum nor openssl is installed, so that nothing can be verified"
  fi
}

find_authority() {
  CA_FILE=$WORK/ca.pem
  printf '%s\n' "$BUNRAKU_CA" >"$CA_FILE"
  case ${FRICTIONLESS_USE_PUPPET_CA-} in
    '' | false) ;;
    /*) CA_FILE=$FRICTIONLESS_USE_PUPPET_CA ;;
    *) CA_FILE=/etc/puppetlabs/puppet/ssl/certs/ca.pem ;;
  esac
  [ -r "$CA_FILE" ] || fail "the authority's certificate is not at $CA_FILE"
}

# Installs the program that the primary runs itself.
install_program() {
  local wanted temporary status
  wanted=$(printf '%s\n' "$BUNRAKU_PROGRAMS" | awk -v tag="$TAG" '$1 == tag { print $2 }')
  if [ -z "$wanted" ]; then
    [ "$MACHINE" = "$BUNRAKU_MACHINE" ] || fail "the primary has a program for $BUNRAKU_MACHINE, and none for $TAG"
    wanted=$BUNRAKU_SHA256
  fi
  if [ -f "$PROGRAM" ] && [ "$(sha256_of "$PROGRAM")" = "$wanted" ]; then
    say "$PROGRAM is the program of the primary already"
    return 0
  fi
  mkdir -p "$(dirname "$PROGRAM")"
  # Its name has the checksum, so that the rest of one that broke off can be fetched.
  temporary=$(dirname "$PROGRAM")/.bunraku-$wanted
  if [ -f "$temporary" ] && [ "$(sha256_of "$temporary")" = "$wanted" ]; then :; else
    status=0
    fetch "$TAG/bunraku" "$temporary" || status=$?
    case $status in
      0) ;;
      # The server refuses: perhaps what is there is as long as the program, and something else.
      22 | 33 | 8)
        rm -f "$temporary"
        fetch "$TAG/bunraku" "$temporary" || fail "$BUNRAKU_URL has no program for $TAG"
        ;;
      *) fail "could not fetch the program for $TAG from $BUNRAKU_URL; run this again to go on" ;;
    esac
  fi
  if [ "$(sha256_of "$temporary")" != "$wanted" ]; then
    rm -f "$temporary"
    fail "the program that came has not the checksum $wanted; nothing was installed"
  fi
  chmod 0755 "$temporary"
  "$temporary" --version >/dev/null || {
    rm -f "$temporary"
    fail "the program of the primary does not run on this machine ($TAG)"
  }
  mv -f "$temporary" "$PROGRAM"
  say "Installed $("$PROGRAM" --version) as $PROGRAM"
}

write_unit() {
  local fresh=$WORK/bunraku.service
  cat >"$fresh" <<UNIT
[Unit]
Description=Bunraku, a compiler of $BUNRAKU_PRIMARY
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=$PROGRAM server --role compiler
ExecReload=/bin/sh -c 'kill -HUP \$MAINPID'
KillMode=mixed
TimeoutStopSec=120
Restart=on-failure
RestartSec=2
LimitNOFILE=65536
StateDirectory=bunraku
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=full
ProtectHome=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
ReadWritePaths=-/etc/bunraku -/etc/puppet -/etc/puppetlabs -/var/lib/puppet -/opt/puppetlabs

[Install]
WantedBy=multi-user.target
UNIT
  mkdir -p "$(dirname "$UNIT_FILE")"
  if [ -f "$UNIT_FILE" ] && cmp -s "$fresh" "$UNIT_FILE"; then return 0; fi
  # A masked unit is a link to /dev/null.
  if [ -L "$UNIT_FILE" ]; then rm -f "$UNIT_FILE"; fi
  cp "$fresh" "$UNIT_FILE"
  say "Wrote $UNIT_FILE"
  if systemd_runs; then systemctl daemon-reload; fi
}

# The file with the words for the request; before there is a request.
write_csr_attributes() {
  local file=$1 fresh=$WORK/csr_attributes.yaml
  if [ ${#CUSTOM[@]} -eq 0 ] && [ ${#EXTENSIONS[@]} -eq 0 ]; then return 0; fi
  {
    printf -- '---\n'
    yaml_section custom_attributes "${CUSTOM[@]+"${CUSTOM[@]}"}"
    yaml_section extension_requests "${EXTENSIONS[@]+"${EXTENSIONS[@]}"}"
  } >"$fresh"
  if [ -f "$file" ] && cmp -s "$fresh" "$file"; then return 0; fi
  mkdir -p "$(dirname "$file")"
  if [ -f "$file" ]; then
    mv -f "$file" "$file.old"
    say "Kept the former $file as $file.old"
  fi
  # It may have secrets for whoever signs.
  (umask 077 && cp "$fresh" "$file")
  say "Wrote $file"
}

yaml_section() {
  local name=$1
  shift
  [ $# -gt 0 ] || return 0
  printf '%s:\n' "$name"
  while [ $# -gt 1 ]; do
    printf "  '%s': '%s'\n" "$1" "${2//\'/\'\'}"
    shift 2
  done
}

# The last value of a setting of [main].
main_setting() {
  local wanted=$1 at value=
  for ((at = 0; at < ${#SETTINGS[@]}; at += 3)); do
    if [ "${SETTINGS[at]}" = main ] && [ "${SETTINGS[at + 1]}" = "$wanted" ]; then value=${SETTINGS[at + 2]}; fi
  done
  printf '%s' "$value"
}

make_compiler() {
  local certname names word confdir at
  if [ "$SERVICE_ENABLE" = mask ]; then fail "the service of a compiler cannot be masked here; use false"; fi
  if [ -f "$UNIT_FILE" ] && ! grep -q -- '--role compiler' "$UNIT_FILE"; then
    fail "$UNIT_FILE is of something else than a compiler; this machine stays what it is"
  fi
  install_program
  confdir=/etc/bunraku
  for word in /etc/puppetlabs/puppet /etc/puppet; do
    if [ -f "$word/puppet.conf" ]; then
      confdir=$word
      break
    fi
  done
  write_csr_attributes "$confdir/csr_attributes.yaml"
  certname=$(main_setting certname)
  names=$(main_setting dns_alt_names)
  for ((at = 0; at < ${#SETTINGS[@]}; at += 3)); do
    case ${SETTINGS[at]}:${SETTINGS[at + 1]} in
      main:certname | main:dns_alt_names) ;;
      *) warn "${SETTINGS[at]}:${SETTINGS[at + 1]} is a setting of Puppet's agent and was left out; a compiler has $CONFIG" ;;
    esac
  done
  set -- compiler join "$BUNRAKU_PRIMARY" --config "$CONFIG" --ca-fingerprint "$BUNRAKU_CA_FINGERPRINT"
  if [ -n "$certname" ]; then set -- "$@" "--certname=$certname"; fi
  if [ -n "$names" ]; then set -- "$@" "--dns-alt-names=$names"; fi
  if [ -n "${BUNRAKU_WAIT-}" ]; then set -- "$@" "--wait=$BUNRAKU_WAIT"; fi
  "$PROGRAM" "$@" || exit 1
  write_unit
  if ! systemd_runs; then
    say "systemd is not running here, so nothing was started. To start it: $PROGRAM server --role compiler"
    return 0
  fi
  service_enable bunraku.service
  if [ "$SERVICE_ENSURE" = stopped ]; then
    systemctl stop bunraku.service
  elif systemctl -q is-active bunraku.service && ! runs_program; then
    systemctl restart bunraku.service
  else
    systemctl start bunraku.service
  fi
  say "The service bunraku is $(systemctl is-active bunraku.service || true)"
}

# Whether the running service is of the program that is installed now.
runs_program() {
  local pid
  pid=$(systemctl show --property MainPID --value bunraku.service)
  [ "/proc/$pid/exe" -ef "$PROGRAM" ]
}

service_enable() {
  case $SERVICE_ENABLE in
    true) systemctl -q enable "$1" ;;
    false | manual) systemctl -q disable "$1" ;;
    mask) systemctl -q mask "$1" ;;
  esac
}

find_puppet() {
  local program
  for program in /opt/puppetlabs/bin/puppet /opt/puppetlabs/puppet/bin/puppet; do
    if [ -x "$program" ]; then
      PUPPET=$program
      return 0
    fi
  done
  PUPPET=$(command -v puppet || true)
  [ -n "$PUPPET" ]
}

install_agent() {
  local package
  if find_puppet; then
    say "Puppet $("$PUPPET" --version) is installed already"
    return 0
  fi
  case $PLATFORM in
    debian | ubuntu)
      export DEBIAN_FRONTEND=noninteractive
      # The package would start the service, whose request would come before its attributes.
      if [ ! -e /usr/sbin/policy-rc.d ] || grep -q "$POLICY_MARK" /usr/sbin/policy-rc.d; then
        POLICY=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\n# %s; it removes this at its end\nexit 101\n' "$POLICY_MARK" >"$POLICY"
        chmod 0755 "$POLICY"
      fi
      apt-get update -qq || warn "apt-get update failed; going on with the lists that are there"
      for package in openvox-agent puppet-agent puppet; do
        if apt-cache show "$package" >/dev/null 2>&1; then
          apt-get install -y -qq --no-install-recommends "$package" || fail "apt-get could not install $package"
          break
        fi
      done
      if [ -n "$POLICY" ]; then
        rm -f "$POLICY"
        POLICY=
      fi
      ;;
    rhel | redhatfips | fedora | amazon)
      local manager=yum
      if has dnf; then manager=dnf; fi
      for package in openvox-agent puppet-agent puppet; do
        if "$manager" -q list "$package" >/dev/null 2>&1; then
          "$manager" install -y -q "$package" || fail "$manager could not install $package"
          break
        fi
      done
      ;;
    sles | opensuse*)
      for package in openvox-agent puppet-agent puppet; do
        if zypper -n -q search -x "$package" >/dev/null 2>&1; then
          zypper -n -q install "$package" || fail "zypper could not install $package"
          break
        fi
      done
      ;;
    *) fail "there is no way here to install an agent on $TAG; install one and run this again" ;;
  esac
  find_puppet || fail "no package openvox-agent, puppet-agent or puppet can be had here; add a repository that has one and run this again"
}

set_setting() {
  local section=$1 key=$2 value=$3
  "$PUPPET" config set --section "$section" -- "$key" "$value" >/dev/null || fail "could not set $key in [$section]"
}

print_setting() { "$PUPPET" config print "$1" --section agent; }

make_agent() {
  local at localcacert lock waited=0 program name
  install_agent
  if systemd_runs; then systemctl stop puppet.service 2>/dev/null || true; fi
  set_setting main server "$BUNRAKU_SERVER"
  if [ "$BUNRAKU_PORT" != 8140 ]; then set_setting main serverport "$BUNRAKU_PORT"; fi
  # A name that it has stays; another one would be another node.
  if [ -z "$(main_setting certname)" ] && ! grep -qE '^[[:space:]]*certname[[:space:]]*=' "$(print_setting config)" \
    && [ ! -f "$(print_setting hostcert)" ]; then
    name=$( (hostname -f 2>/dev/null || uname -n) | tr '[:upper:]' '[:lower:]')
    case $name in
      '' | localhost | localhost.*) fail "this machine has no name of its own; main:certname=NAME gives it one" ;;
    esac
    set_setting main certname "$name"
  fi
  for ((at = 0; at < ${#SETTINGS[@]}; at += 3)); do
    set_setting "${SETTINGS[at]}" "${SETTINGS[at + 1]}" "${SETTINGS[at + 2]}"
  done
  if [ -f "$(print_setting hostcert)" ] && [ $((${#CUSTOM[@]} + ${#EXTENSIONS[@]})) -gt 0 ]; then
    warn "this machine has a certificate already; attributes and extensions are for its next one"
  fi
  write_csr_attributes "$(print_setting csr_attributes)"
  localcacert=$(print_setting localcacert)
  if [ ! -f "$localcacert" ]; then
    mkdir -p "$(dirname "$localcacert")"
    printf '%s\n' "$BUNRAKU_CA" >"$localcacert"
    say "Wrote the authority's certificates to $localcacert"
  fi
  lock=$(print_setting agent_catalog_run_lockfile)
  while [ -f "$lock" ] && [ "$waited" -lt 120 ]; do
    sleep 1
    waited=$((waited + 1))
  done
  for program in facter puppet hiera; do
    if [ -x "/opt/puppetlabs/bin/$program" ] && [ ! -e "/usr/local/bin/$program" ]; then
      ln -s "/opt/puppetlabs/bin/$program" "/usr/local/bin/$program"
    fi
  done
  if ! systemd_runs; then
    say "systemd is not running here, so nothing was started. To run the agent: $PUPPET agent --test"
    return 0
  fi
  # shellcheck disable=SC2086
  "$PUPPET" resource $SERVICE_DEBUG service puppet "ensure=$SERVICE_ENSURE" "enable=$SERVICE_ENABLE"
}

main() {
  [ "$(id -u)" = 0 ] || fail "this must run as root"
  case ${FRICTIONLESS_TRACE-} in '' | false) ;; *) set -x ;; esac
  read_arguments "$@"
  detect_platform
  trap clean_up EXIT
  WORK=$(mktemp -d)
  find_authority
  say "Bunraku $BUNRAKU_VERSION of $BUNRAKU_SERVER: this machine ($TAG) becomes: $ROLE"
  PROGRAM=/usr/local/bin/bunraku
  CONFIG=/etc/bunraku/bunraku.toml
  UNIT_FILE=/etc/systemd/system/bunraku.service
  case $ROLE in
    compiler) make_compiler ;;
    *) make_agent ;;
  esac
}

# At the very end: a script that came in half does nothing.
main "$@"
