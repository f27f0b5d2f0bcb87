# Sourced by demo and test: a virtual environment from pinned, hash-checked wheels.
# Usage: make_environment FOLDER REQUIREMENTS
say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

debian_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        say "安装系统软件包 · Debian packages: ${missing[*]}"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends "${missing[@]}" >/dev/null
    else
        say "缺少系统软件包，请安装 · please install: ${missing[*]}"
    fi
}

make_environment() {
    local folder=$1 requirements=$2 stamp digest
    stamp="$folder/.installed"
    digest=$(cat "$requirements" pyproject.toml | sha256sum | cut -d' ' -f1)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ]; then
        say "环境已就绪 · environment is ready: $folder"
        return 0
    fi
    say "建立环境并安装依赖 · environment and dependencies: $folder"
    if ! python3 -m venv --clear "$folder" 2>/dev/null; then
        debian_packages python3-venv
        python3 -m venv --clear "$folder"
    fi
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes --only-binary :all: -r "$requirements"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
        --no-deps --no-build-isolation --editable .
    printf '%s' "$digest" >"$stamp"
}
