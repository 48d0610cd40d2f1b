// Every migration, oldest first.
import { initial } from './0001-initial'
import type { Migration } from './migration'

export const MIGRATIONS: readonly Migration[] = [initial]
