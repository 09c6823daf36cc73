#!/usr/bin/env bash
# The Debian package and the container image are made without an engine, twice the same bytes; the
# program runs from both, and what it lists of its own image is what dpkg has installed here.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v dpkg-shlibdeps > /dev/null || { echo "skipped: no dpkg-shlibdeps here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
arch=$(dpkg --print-architecture)
strip -o "$work/seaworthy" "$SEAWORTHY"

for run in 1 2; do
  common=(--program "$work/seaworthy" --arch "$arch" --version 9.9.9 --epoch 1700000000
          --level 1)
  python3 packaging/deb.py "${common[@]}" --output "$work/$run.deb"
  python3 packaging/oci_image.py "${common[@]}" --commit c0ffee --output "$work/$run.oci.tar"
done
cmp "$work/1.deb" "$work/2.deb"
cmp "$work/1.oci.tar" "$work/2.oci.tar"

dpkg-deb -x "$work/1.deb" "$work/deb"
"$work/deb/usr/bin/seaworthy" --version | grep -q '^seaworthy '
dpkg-deb -f "$work/1.deb" Depends | grep -q libc6

# Another program reads the image: skopeo copies it, checking every digest.
skopeo copy -q "oci-archive:$work/1.oci.tar" "oci:$work/layout:x"
"$SEAWORTHY" sbom --quiet --cache none --format json "oci-archive:$work/1.oci.tar" > "$work/own.json"
jq -r '.packages[] | .name + " " + .version' "$work/own.json" | sort > "$work/listed"
own=$(jq -c '.packages[] | select(.name == "seaworthy") | [.version, .licenses[0]]' "$work/own.json")
[ "$own" = '["9.9.9","Apache-2.0"]' ] || { echo "the image does not say what it is: '$own'"; exit 1; }
grep -v '^seaworthy ' "$work/listed" > "$work/of-debian"
while read -r name version; do
  [ "$(dpkg-query -W -f='${Version}\n' "$name" | head -n 1)" = "$version" ] ||
    { echo "$name $version is not what dpkg has"; exit 1; }
done < "$work/of-debian"
for name in libc6 libssl3 libstdc++6 ca-certificates; do grep -q "^$name " "$work/listed"; done

# So does its own SBOM.
"$SEAWORTHY" sbom --quiet --cache none --format "cyclonedx=$work/own.cdx.json" \
  "oci-archive:$work/1.oci.tar"
python3 packaging/own_sbom.py --version 9.9.9 --commit c0ffee "$work/own.cdx.json"
jq -e '.metadata.component | .name == "seaworthy" and .version == "9.9.9" and
       .licenses[0].license.id == "Apache-2.0" and .pedigree.commits[0].uid == "c0ffee"' \
  "$work/own.cdx.json" > "$work/named" || { echo "the SBOM does not name its subject"; exit 1; }
"$SEAWORTHY" sbom --quiet --format json "sbom:$work/own.cdx.json" | jq -r '.packages[].name' |
  grep -qx seaworthy

# It runs with nothing but what the image holds.
if [ "$(id -u)" -eq 0 ]; then
  mkdir "$work/root"
  skopeo inspect --raw "oci:$work/layout:x" > "$work/manifest.json"
  layer=$(jq -r '.layers[0].digest' "$work/manifest.json")
  tar -xzf "$work/layout/blobs/sha256/${layer#sha256:}" -C "$work/root"
  chroot --userspec=65532:65532 "$work/root" /usr/bin/seaworthy --version | grep -q '^commit '
else
  echo "not root: the image was not run"
fi
