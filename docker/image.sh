#!/usr/bin/env bash
# Build the image without Docker and without a registry of images, and try what is in it.
#
#   docker/image.sh build   # needs root, buildah and debootstrap; 30 GB of disk for a while
#   docker/image.sh try     # the commands of docker-compose.yml, as its user
#   docker/image.sh save FILE.tar   # for `docker load`
#
# The base is a minimal Debian with its own Python in the place of python:3.11-slim-bookworm. What
# buildah keeps lies in $IMAGE_STORAGE (.image), which may be deleted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

STORAGE=${IMAGE_STORAGE:-$PWD/.image}
MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
BASE=localhost/ejmap-base IMAGE=localhost/ejmap
CERTIFICATES=/etc/ssl/certs

die() { echo "docker/image.sh: $*" >&2; exit 1; }

# Layers are put together in TMPDIR: where the storage lies there is room.
build_with() {
  mkdir -p "$STORAGE/tmp"
  TMPDIR=$STORAGE/tmp command buildah --root "$STORAGE/root" --runroot "$STORAGE/run" --storage-driver vfs "$@"
}

require_programs() {
  local name
  ((EUID == 0)) || die "images are built as root; run it with sudo"
  for name in "$@"; do
    command -v "$name" >/dev/null || die "$name is missing; on Debian: apt-get install $name"
  done
}

make_base() {
  local tree=$STORAGE/base container
  rm -rf "$tree"
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$tree" "$MIRROR"
  # Debian's own Python refuses packages of pip; an environment in /usr/local takes them, and is
  # first in the path, as the Python of python:3.11-slim-bookworm is.
  chroot "$tree" python3 -m venv /usr/local
  printf '[global]\ncert = %s/ca-certificates.crt\n' "$CERTIFICATES" >"$tree/etc/pip.conf"
  rm -rf "$tree"/var/cache/apt/archives/*.deb
  container=$(build_with from scratch)
  build_with add "$container" "$tree" /
  build_with config --env PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  build_with commit --rm "$container" "$BASE" >/dev/null
  rm -rf "$tree"
}

build() {
  require_programs buildah debootstrap
  build_with inspect --type image "$BASE" >/dev/null 2>&1 || make_base
  build_with build --isolation chroot --network host --layers=false --pull-never \
    --volume "$CERTIFICATES:$CERTIFICATES:ro" --build-arg "BASE=$BASE" --tag "$IMAGE" --file Dockerfile .
  build_with images "$IMAGE"
}

# Each command runs as the user of docker-compose.yml. Without Docker there is neither a read-only
# root nor a limit of what the kernel allows: what is tried is what is in the image.
try_image() {
  require_programs buildah
  local container code
  container=$(build_with from --pull-never "$IMAGE")
  # shellcheck disable=SC2064 # the name of this container
  trap "build_with rm $container >/dev/null" EXIT
  inside() { build_with run --isolation chroot --network host --user 1000:1000 "$container" -- "$@"; }
  inside ejmap --version
  inside python -m ejmap_cli.webserver --help >/dev/null
  inside dagster-webserver --version
  inside sh -euc 'mkdir projects/tiny; printf "%s\n" "source: {kind: synthetic, seed: 5, width_px: 512, craters: 3}" \
    "models: {ejseg: ready_grey}" >projects/tiny/project.yaml; ejmap run projects/tiny; ejmap verify projects/tiny'
  inside sh -euc 'export EJMAP_PROJECT=/ejmap/projects/tiny DAGSTER_HOME=/ejmap/projects/tiny/dagster_home
    dagster api grpc --host=127.0.0.1 --port=4765 --module-name=ejmap_assets.definitions --location-name=ejmap &
    server=$!; trap "kill -KILL $server" EXIT # it waits for its clients otherwise
    for _ in $(seq 60); do dagster api grpc-health-check --port=4765 && exit 0; sleep 2; done; exit 1'
  echo "docker/image.sh: the commands, a map and the code server of the image work"
}

case ${1:-} in
  build) build ;;
  try) try_image ;;
  save) build_with push "$IMAGE" "docker-archive:${2:?name the file, such as ejmap.tar}:ejmap" ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
