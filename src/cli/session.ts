// Opens the engine inside this process for one command: the same engine as the app's, with forked computes.
// The one place of the CLI that knows how an engine is made.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { EngineContract } from '@shared/contract'
import { userFolders } from '@shared/runtime/user-folders'
import { memoryPorts } from '@shared/transport/port'
import { createClient, serveRouter, type Client } from '@shared/transport/rpc'
import { adviseAbout } from '@node/command-line'
import { readWholeSync } from '@node/read-file'
import { absolutePlace } from '@node/safe-target'
import { faultText } from '@node/unhandled'
import { forkedProcesses } from '../engine/executors/forked-processes'
import { createEngine } from '../engine/host'
import { applicationFolder, applicationVersion, resourcesFolder } from './application'
import { failureText } from './output'
import { plainText } from './plain-text'

export interface SessionOptions {
  readonly workspace?: string | undefined
}

export interface Session {
  readonly client: Client<EngineContract>
  readonly workspaceFolder: string
  /** Ends computes, stores what runs and releases the workspace. */
  close(): Promise<void>
}

/** Where the built programs of the other processes lie: beside this one, or above it where the build has put it into a chunk. */
function programsFolder(): string {
  let folder = __dirname
  while (!existsSync(join(folder, 'compute.js')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

export async function openSession({ workspace }: SessionOptions): Promise<Session> {
  const { env } = process
  const usual = userFolders(env, homedir())
  const workspaceFolder = workspace === undefined ? resolve(usual.workspace) : absolutePlace(workspace, 'folder')
  const cacheFolder = resolve(usual.cache)
  adviseAbout(workspaceFolder)
  const application = applicationFolder()
  const engine = await createEngine({
    workspaceFolder,
    cacheFolder,
    resourcesFolder: resourcesFolder(),
    appVersion: applicationVersion(),
    electron: installedElectron(application),
    autoResume: false,
    startProcess: forkedProcesses(programsFolder(), reportTo(env['GPTNAS_VERBOSE'])),
    report: (thrown) => process.stderr.write(failureText(thrown)),
  })
  const [server, port] = memoryPorts()
  serveRouter(engine.router, server, (thrown) => process.stderr.write(`${plainText(faultText(thrown))}\n`))
  return {
    client: createClient<EngineContract>(port),
    workspaceFolder,
    close: async () => {
      port.close()
      await engine.close()
    },
  }
}

/** The version of the Electron that set-up gave a checkout for its window; undefined where there is none. */
function installedElectron(application: string): string | undefined {
  try {
    const file = join(application, 'node_modules/electron/dist/version')
    const text = readWholeSync(file, { what: 'version of Electron', maxBytes: 100 })
    return text.toString('utf8').trim().replace(/^v/, '')
  } catch {
    return undefined // no window here
  }
}

/** TensorFlow is talkative: its lines appear only when asked for with GPTNAS_VERBOSE=1. */
function reportTo(verbose: string | undefined): (line: string) => void {
  return verbose ? (line) => process.stderr.write(`${plainText(line)}\n`) : () => undefined
}
