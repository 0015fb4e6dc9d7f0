# Clients from PyPI and npm, pinned in tests/conformance and kept under build/; reinstalled when the pins change.

python_home=build/python
node_home=build/node

install_python_clients() {
  local pins=tests/conformance/requirements.txt
  cmp -s "$pins" "$python_home/installed" && return
  rm -rf "$python_home"
  python3 -m venv "$python_home" && "$python_home/bin/pip" install --quiet --disable-pip-version-check -r "$pins" && cp "$pins" "$python_home/installed"
}

# Debian's Node is too old for the client: the npm package `node` brings its own binary.
install_node_clients() {
  local pins=tests/conformance/package.json
  cmp -s "$pins" "$node_home/installed" && return
  rm -rf "$node_home"
  mkdir -p "$node_home" && cp "$pins" "$node_home/package.json"
  (cd "$node_home" && npm install --no-audit --no-fund --loglevel=error) && "$node_home/node_modules/.bin/node" --version && cp "$pins" "$node_home/installed"
}
