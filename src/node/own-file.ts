// Files that come with the program, which may lie in its archive: what is opened there, Electron copies to a temporary folder first,
// so they are read whole. Anybody else's file goes through read-file.ts.
import { readFile } from 'node:fs/promises'

/** @param place absolute, of a file that the build has written */
export const readOwnFile = (place: string): Promise<Buffer> => readFile(place)
