#!/bin/sh
# How the certificates of this folder were made, once, with OpenSSL 3: from 2020 to 2126, but for the one that has expired.
# The keys are for tests alone: they protect nothing, and nobody trusts them. The keys of both authorities were thrown away.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index.txt"
cat > "$work/ca.cnf" <<'CNF'
[ca]
default_ca = any
[any]
default_md = sha256
policy = policy
unique_subject = no
rand_serial = yes
[policy]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
CNF

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
# file, key, extensions, how it is signed, end
sign() {
    openssl req -new -key "$2" -subj "/CN=ireserve-test $(basename "$1" .pem)" -out "$work/request"
    openssl ca -batch -notext -config "$work/ca.cnf" -outdir "$work" -in "$work/request" -out "$1" \
        -startdate 20200101000000Z -enddate "$5" $3 $4
}
here() {
    printf 'basicConstraints=CA:FALSE\nsubjectAltName=%s\n' "$2" > "$work/extensions"
    key "$1.key.pem"
    sign "$1.pem" "$1.key.pem" "-extfile $work/extensions" "$4" "$3"
}
echo "database = $work/index.txt" > "$work/database"
sed -i "/^\[any\]/r $work/database" "$work/ca.cnf"

end=21260101000000Z
for authority in authority stranger; do
    key "$work/$authority.key"
    sign "$work/$authority.pem" "$work/$authority.key" '-extensions authority' "-selfsign -keyfile $work/$authority.key" $end
done
cp "$work/authority.pem" authority.pem
by="-cert authority.pem -keyfile $work/authority.key"
here good 'DNS:localhost,IP:127.0.0.1' $end "$by"
here expired 'DNS:localhost,IP:127.0.0.1' 20210101000000Z "$by"
here other-name 'DNS:chat.example.com' $end "$by"
here unknown-authority 'DNS:localhost,IP:127.0.0.1' $end "-cert $work/stranger.pem -keyfile $work/stranger.key"
here self-signed 'DNS:localhost,IP:127.0.0.1' $end "-selfsign -keyfile self-signed.key.pem"
