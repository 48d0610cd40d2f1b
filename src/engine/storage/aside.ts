// What was found in the workspace and nobody knew: kept in a folder for each day on which something was put aside, for weeks, where
// a person can see it and a row that names it gets it back.
import { mkdirSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { KEPT_MS } from './custody'
import type { WorkspaceFolders } from './store'

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Makes it. @param kind what it holds, `artefacts` or `checkpoints` */
export function asideFolder({ aside }: WorkspaceFolders, kind: string, nowMs: number): string {
  const folder = path.join(aside, new Date(nowMs).toISOString().slice(0, 10), kind)
  mkdirSync(folder, { recursive: true })
  return folder
}

async function days({ aside }: WorkspaceFolders): Promise<string[]> {
  return (await readdir(aside)).filter((name) => DAY.test(name))
}

/** Paths of everything of a kind that was put aside. */
export async function allAside(folders: WorkspaceFolders, kind: string): Promise<string[]> {
  const found = await Promise.all(
    (await days(folders)).map(async (day) => {
      const folder = path.join(folders.aside, day, kind)
      return (await readdir(folder).catch(() => [])).map((name) => path.join(folder, name))
    }),
  )
  return found.flat()
}

/** Removes what has been kept for as long as it is kept. */
export async function dropExpired(folders: WorkspaceFolders, nowMs: number): Promise<void> {
  for (const day of await days(folders)) {
    if (nowMs - Date.parse(day) > KEPT_MS) await rm(path.join(folders.aside, day), { recursive: true, force: true })
  }
}
