// The palette's search: every typed word must occur; what starts with the query comes first, then the given order.
import type { Command } from '@/stores/commands.store'

/** Commands that can run now and match `query`, at most `limit`. */
export function findCommands(commands: readonly Command[], query: string, limit: number): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const starts: Command[] = []
  const others: Command[] = []
  for (const command of commands) {
    if (starts.length >= limit) break
    if (command.isEnabled?.() === false) continue
    const title = command.title.toLowerCase()
    const text = `${title} ${command.group} ${command.words ?? ''}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    if (title.startsWith(words[0] ?? '')) starts.push(command)
    else if (others.length < limit) others.push(command)
  }
  return [...starts, ...others].slice(0, limit)
}
