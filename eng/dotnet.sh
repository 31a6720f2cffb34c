# Sourced by ./headcount and ./test: finds a .NET SDK that can build this repository, and keeps its builds to themselves.

# Nothing may outlive a build: no MSBuild server, no waiting nodes, no compiler server.
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export TESTINGPLATFORM_TELEMETRY_OPTOUT=1
build_options=(-c Release --nologo -v:quiet -nodeReuse:false -p:UseSharedCompilation=false)

# Sets `dotnet` to the program and `dotnet_root` to the folder it lives in; ends the script with a diagnosis where there is none.
# Expects `root`, the repository.
find_sdk() {
  if [ -n "${DOTNET_ROOT:-}" ] && [ -x "$DOTNET_ROOT/dotnet" ]; then
    dotnet="$DOTNET_ROOT/dotnet"
  elif dotnet="$(command -v dotnet)"; then
    :
  elif [ -n "${HOME:-}" ] && [ -x "$HOME/.dotnet/dotnet" ]; then
    dotnet="$HOME/.dotnet/dotnet"
  else
    no_sdk "No .NET SDK was found (neither in DOTNET_ROOT nor on the PATH nor in ~/.dotnet)."
  fi
  if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-}" ]; then
    export DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-$root/artifacts/home}"
    mkdir -p "$DOTNET_CLI_HOME"
  fi

  local program="$dotnet" target
  while [ -L "$program" ]; do
    target="$(readlink "$program")"
    case "$target" in
      /*) program="$target" ;;
      *) program="$(dirname "$program")/$target" ;;
    esac
  done
  dotnet_root="$(cd "$(dirname "$program")" && pwd -P)"

  # The SDK itself knows whether it satisfies global.json.
  if ! (cd "$root" && "$dotnet" --version) >/dev/null 2>&1; then
    local found
    found="$("$dotnet" --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ' | sed 's/ $//')"
    no_sdk "The .NET SDK of $dotnet is not new enough (it has: ${found:-no SDK, only a runtime})."
  fi
}

no_sdk() {
  local wanted
  wanted="$(sed -n 's/.*"version": *"\([0-9.]*\)".*/\1/p' "$root/global.json" | head -n 1)"
  cat >&2 <<TEXT
$1
Headcount is built with the .NET 10 SDK, version ${wanted:-10.0.100} or a later 10.0. To get it:
  any system     https://dot.net/download
  Debian         sudo apt-get install dotnet-sdk-10.0   (with Microsoft's package feed: https://learn.microsoft.com/dotnet/core/install/linux-debian)
  Ubuntu         sudo apt-get install dotnet-sdk-10.0
  Fedora         sudo dnf install dotnet-sdk-10.0
  macOS          brew install dotnet-sdk
An SDK in a folder of its own is used when DOTNET_ROOT names that folder.
TEXT
  exit 1
}
