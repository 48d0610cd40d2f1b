// A text that the page hands over for a file which the user has chosen in a dialog. The dialog has asked whether a file there may be
// replaced; a slip in it must still not cost a file of another kind.
import { stat } from 'node:fs/promises'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { readWhole } from '@node/read-file'
import { ordinaryFile } from '@node/safe-target'
import { writeFileWhole } from '@node/whole-file'

/** Largest file that could be one of ours; the page's own limit (host-functions.ts). */
const MAX_BYTES = 16 * MIB

/** What our JSON files say they are, without its version ("gptnas-architecture"); undefined for any other text. */
function kindOf(text: string): string | undefined {
  try {
    const format = (JSON.parse(text) as { readonly format?: unknown } | null)?.format
    return typeof format === 'string' ? format.split('/')[0] : undefined
  } catch {
    return undefined // no JSON: nothing of ours
  }
}

async function mayReplace(file: string, text: string): Promise<boolean> {
  const info = await stat(file).catch(() => undefined)
  if (info === undefined || info.size === 0) return true
  if (info.size > MAX_BYTES) return false
  const there = (await readWhole(file, { what: 'file', maxBytes: MAX_BYTES })).toString('utf8')
  return there === text || (kindOf(there) !== undefined && kindOf(there) === kindOf(text))
}

/**
 * @returns the file that was written, without a link at its end
 * @throws AppError `conflict` where a file of another kind, a folder or a device has the name; `storage-failed`
 */
export async function saveText(named: string, text: string): Promise<string> {
  const file = await ordinaryFile(named)
  if (!(await mayReplace(file, text)))
    throw new AppError(
      'conflict',
      `${file} is another kind of file than the one to be saved. It is left as it is.`,
      'Choose another name, or move that file away.',
    )
  await writeFileWhole(file, text)
  return file
}
