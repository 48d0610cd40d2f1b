// Where a user's things lie unless something else is said: one rule for the window and the command line. Set-up, which must run
// before anything is built, has its own copy for the cache (scripts/setup/paths.mjs). Pure: the caller resolves the paths.

export interface UserFolders {
  /** Database, artefacts, exports. */
  readonly workspace: string
  /** Prepared data sets and downloads, shared by workspaces. */
  readonly cache: string
}

/**
 * @param env the process's environment; an empty variable counts as unset (XDG base directory specification)
 * @param home the user's home folder
 * @returns paths that may be relative where the environment's are
 */
export function userFolders(env: Readonly<Record<string, string | undefined>>, home: string): UserFolders {
  return {
    workspace: env['GPTNAS_WORKSPACE'] || `${home}/GPT-NAS Workspace`,
    cache: env['GPTNAS_CACHE'] || `${env['XDG_CACHE_HOME'] || `${home}/.cache`}/gpt-nas-workbench`,
  }
}
