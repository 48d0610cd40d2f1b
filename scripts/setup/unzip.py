# Unpacks chosen members of a zip file with their permissions and links.
# Python is there anyway (pip downloads the wheels); Node has no zip reader of its own.
# Usage: unzip.py ARCHIVE TARGET [PREFIX ...]   no prefix means everything
import os
import stat
import sys
import zipfile

archive, target, prefixes = sys.argv[1], sys.argv[2], tuple(sys.argv[3:])
root = os.path.realpath(target)
with zipfile.ZipFile(archive) as source:
    for member in source.infolist():
        if prefixes and not member.filename.startswith(prefixes):
            continue
        mode = member.external_attr >> 16
        place = os.path.join(root, member.filename)
        if os.path.commonpath([root, os.path.realpath(os.path.dirname(place))]) != root:
            sys.exit("refused: %s lies outside the target" % member.filename)
        if stat.S_ISLNK(mode):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.symlink(source.read(member).decode(), place)
            continue
        made = source.extract(member, root)
        if stat.S_IMODE(mode) and not member.is_dir():
            os.chmod(made, stat.S_IMODE(mode))
