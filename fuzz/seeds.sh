#!/bin/sh
# Collects real inputs of a target from this machine and prints the folder that has them: fuzz/run.sh parse 60 "$(fuzz/seeds.sh parse)"
#
# Modules' files come from MODULES (default: those that Debian packages). They are others' work and stay out of the repository.
set -eu
cd "$(dirname "$0")"
target=$1
modules=${MODULES:-/usr/share/puppet/modules}
seeds=$PWD/corpus/seeds-$target
rm -rf "$seeds"
mkdir -p "$seeds"
count=0

# Copies the files named on stdin, each with a first byte that says what it is; the fuzzer takes 4,096 bytes of each.
take() {
    while read -r file; do
        count=$((count + 1))
        { printf "$1"; head -c 4000 "$file"; } > "$seeds/$2$count"
    done
}

case $target in
    parse | style)
        find -L "$modules/" -name '*.pp' | sort | awk 'NR % 8 == 0' | take '\000' m
        find -L "$modules/" -name '*.epp' | sort | take '\001' e
        ;;
    compile) find -L "$modules/" ../crates/compiler/tests -name '*.pp' | sort | awk 'NR % 8 == 0' | take '' m ;;
    yaml) find -L "$modules/" -name '*.yaml' | sort | awk 'NR % 4 == 0' | take '' y ;;
    json) find -L "$modules/" .. -name '*.json' -not -path '*/target/*' | sort | take '' j ;;
    report | forms) find -L .. -name '*.json' -not -path '*/target/*' | sort | take '' j ;;
    hocon | auth) find -L .. -name '*.conf' -not -path '*/target/*' | sort | take '' c ;;
    puppetfile)
        scratch=$(mktemp -d)
        cat > "$scratch/puppetfile" << 'END'
forge 'https://forge.example.com'
moduledir 'mods'
mod 'acme/a', '1.0.0' # a comment
mod 'acme-b', :latest
mod 'c',
  :git => 'https://git.example.com/c.git', :ref => 'main', :exclude_spec => false
mod 'd', git: 'git@git.example.com:d', branch: :control_branch, default_branch: 'main', install_path: 'site'
mod 'e', local: true
mod 'f', type: 'tarball', source: '/f.tgz', version: '0000000000000000000000000000000000000000000000000000000000000000'
exclusion 'g'
END
        cat > "$scratch/r10k" << 'END'
:cachedir: /c
pool_size: 8
postrun: [a, $modifiedenvs]
git: {private_key: /k, github_app_id: '1', github_app_key: /k, repositories: [{remote: x, oauth_token: /t}]}
forge: {baseurl: 'http://f', authorization_token: Bearer x, allow_puppetfile_override: true}
deploy: {purge_levels: [environment], purge_allowlist: ['*.json'], write_lock: x, generate_types: true}
sources:
  main: {remote: git@h:c, basedir: /e, prefix: true, strip_component: /^x/, ignore_branch_prefixes: [wip]}
  map: {type: yaml, config: /c, basedir: /e, invalid_branches: error, puppetfile_name: Modules}
END
        echo "$scratch/puppetfile" | take '' p
        echo "$scratch/r10k" | take '' r
        rm -r "$scratch"
        ;;
    archive)
        scratch=$(mktemp -d)
        mkdir -p "$scratch/m/a"
        echo '{}' > "$scratch/m/metadata.json"
        echo x > "$scratch/m/a/$(printf '%0120d' 0)"
        ln -s ../x "$scratch/m/link"
        ln "$scratch/m/metadata.json" "$scratch/m/hard"
        for format in gnu pax; do
            tar -C "$scratch" --format=$format -b 1 -cf "$scratch/$format" m
            gzip -k "$scratch/$format"
            printf '%s\n' "$scratch/$format" "$scratch/$format.gz" | take '' "$format"
        done
        rm -r "$scratch"
        ;;
    csr)
        scratch=$(mktemp -d)
        for key in rsa:2048 ec ed25519; do
            more=; [ $key = ec ] && more='-pkeyopt ec_paramgen_curve:prime256v1'
            # shellcheck disable=SC2086
            openssl req -new -nodes -newkey $key $more -keyout "$scratch/key" -outform DER -out "$scratch/request" \
                -subj "/CN=$key.example.com" -addext subjectAltName=DNS:a,IP:192.0.2.1 2> /dev/null
            openssl req -x509 -new -key "$scratch/key" -outform DER -out "$scratch/certificate" -subj /CN=ca 2> /dev/null
            echo "$scratch/request" | take '\000' "request-$key"
            echo "$scratch/certificate" | take '\001' "certificate-$key"
            echo "$scratch/key" | take '\003' "key-$key"
        done
        rm -r "$scratch"
        ;;
esac
echo "$seeds"
