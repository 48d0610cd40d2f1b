// Which files are images by their names: the kinds that the decoders read, and others that people keep pictures in.

const READ = /\.(png|apng|jpe?g|jfif|jpe|webp|bmp|dib|gif|tiff?)$/i
const UNREAD =
  /\.(heic|heif|avif|jp2|j2k|jxl|svg|psd|xcf|ico|tga|p[bgpn]m|raw|dng|cr2|cr3|nef|arw|exr|hdr|dcm|npy|npz|mat)$/i

export const isImage = (file: string): boolean => READ.test(file)
/** A picture or an array that a class could be made of, of a kind that is not read. */
export const isUnreadKind = (file: string): boolean => UNREAD.test(file)

/** Kinds of files named in the note. */
const NAMED = 5

/** A note on the files that are no images, if there are any. */
export function strangersNote(files: readonly string[]): string[] {
  const strangers = files.filter((file) => !isImage(file))
  if (strangers.length === 0) return []
  const kinds = new Map<string, number>()
  for (const file of strangers) {
    const kind = /\.[^./]+$/.exec(file)?.[0].toLowerCase() ?? 'without an ending'
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const common = [...kinds].sort((a, b) => b[1] - a[1]).slice(0, NAMED)
  const named = common.map(([kind, count]) => `${count} ${kind}`).join(', ')
  return [`${strangers.length} files that are no images by name were left out (${named}), for example ${strangers[0]}.`]
}
