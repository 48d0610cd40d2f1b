// The Node that a package carries for its command line: the one that makes the package, with its licence (docs/decisions/169).
import { chmod, copyFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from '../setup/failure.mjs'
import { attempt } from '../setup/shell.mjs'

/** Where the makers' archive, Debian-like packages and others put its licence, below the folder above bin. */
const LICENCES = ['LICENSE', 'share/doc/nodejs/LICENSE', 'share/doc/node/LICENSE']

/**
 * Copies the program into `resources` and tries it there with no environment.
 * @param {string} resources of an unpacked application
 * @param {string} [program] a Node
 * @throws {SetupFailure} where it does not run by itself, as one with libraries of its own beside it would not
 */
export async function carryNode(resources, program = process.execPath) {
  const target = path.join(resources, path.extname(program) === '.exe' ? 'node.exe' : 'node')
  await copyFile(program, target)
  await chmod(target, 0o755)
  const { code, tail } = await attempt(target, ['--version'], { env: {} })
  if (code !== 0)
    throw new SetupFailure(
      `The Node of this machine does not run away from where it is installed:\n${tail}`,
      "Make the package with the makers' Node (nodejs.org).",
    )
}

/**
 * It as a part of the package.
 * @param {string} [program]
 * @returns {Promise<import('./third-party.mjs').Part>}
 * @throws {SetupFailure} where its licence cannot be found
 */
export async function nodePart(program = process.execPath) {
  const prefix = path.dirname(path.dirname(program))
  for (const name of LICENCES) {
    const text = await readFile(path.join(prefix, name), 'utf8').catch(() => undefined)
    if (text?.includes('Node.js') === true)
      return {
        name: 'node',
        version: process.versions.node,
        identifier: 'MIT',
        text: text.trim(),
        from: 'https://github.com/nodejs/node',
      }
  }
  throw new SetupFailure(
    `The licence of the Node at ${program} lies at none of the usual places below ${prefix}.`,
    "Make the package with the makers' Node (nodejs.org), which brings it.",
  )
}
