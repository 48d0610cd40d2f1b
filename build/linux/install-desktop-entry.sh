#!/bin/sh
# Puts the unpacked application beside this folder into the user's menu, with its icons and the type of .gptnas.json files.
# Writes below XDG_DATA_HOME only; --remove takes exactly those files away again. Run it once more when the folder has moved.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program=$(dirname "$here")/gpt-nas-workbench
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/gpt-nas-workbench.desktop
type=$data/mime/packages/gpt-nas-workbench.xml

# Desktops without these tools find the files at the next login.
refresh() {
  if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$data/applications"; fi
  if command -v update-mime-database >/dev/null; then update-mime-database "$data/mime"; fi
}

icon_of() { # size, as 48x48
  printf '%s' "$data/icons/hicolor/$1/apps/gpt-nas-workbench.png"
}

if [ "${1:-}" = --remove ]; then
  rm -f "$entry" "$type"
  for icon in "$here"/icons/*.png; do rm -f "$(icon_of "$(basename "$icon" .png)")"; done
  refresh
  exit
fi

if [ ! -x "$program" ]; then
  echo "Expected the program gpt-nas-workbench beside this folder, at $program; it is not there." >&2
  echo "Run the copy of this script that lies in the unpacked application." >&2
  exit 1
fi
case $program in
  # What the desktop entry specification gives a meaning inside a quoted program name.
  *[\"\`\$\\%]*)
    echo "The path $program holds one of \" \` \$ \\ %, which a desktop entry cannot name. Move the application." >&2
    exit 1
    ;;
esac

mkdir -p "$data/applications" "$data/mime/packages"
while IFS= read -r line; do
  case $line in
    Exec=*) printf 'Exec="%s"\n' "$program" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"$here/gpt-nas-workbench.desktop" >"$entry.new"
mv "$entry.new" "$entry"
cp "$here/gpt-nas-workbench.xml" "$type"
for icon in "$here"/icons/*.png; do
  target=$(icon_of "$(basename "$icon" .png)")
  mkdir -p "$(dirname "$target")"
  cp "$icon" "$target"
done
refresh
echo "GPT-NAS Workbench is in the menu of this user. $0 --remove takes it out again."
