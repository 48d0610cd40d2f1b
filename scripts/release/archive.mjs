// The unpacked application as one .tar.gz with a folder of its own inside. With the system's tar: electron-builder's own archives need
// a packer that it fetches from the network.
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from '../setup/failure.mjs'
import { attempt } from '../setup/shell.mjs'

/**
 * @param {string} folder the application
 * @param {string} name of the file, and of the folder in it
 * @returns {Promise<string>} the file, beside the folder
 * @throws {SetupFailure} what tar said
 */
export async function archiveOf(folder, name) {
  const [parent, own] = [path.dirname(folder), path.basename(folder)]
  const file = path.join(parent, `${name}.tar.gz`)
  const half = `${file}.part`
  const words = ['--owner=0', '--group=0', '--sort=name', `--transform=s,^${own},${name},`, '-czf', half, own]
  const { code, tail } = await attempt('tar', words, { cwd: parent })
  if (code !== 0) {
    await rm(half, { force: true })
    throw new SetupFailure(`tar could not pack ${folder}:\n${tail}`, 'GNU tar, gzip and room on the disk are needed.')
  }
  await rename(half, file)
  return file
}
