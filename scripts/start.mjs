// npm start: the workbench on the sample workspace; without a display, the same sample search in the terminal, to the exported model.
// Started again after Ctrl-C or a crash, the terminal's search goes on where it stood.
// Where nvidia-smi finds a card, TensorFlow's build for cards is installed: behind the window, before the terminal's search.
// Arguments after -- go to the application, but for --runtime cpu|cuda12. GPTNAS_WORKSPACE names another workspace folder.
import { spawn } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { installRuntime, INSTALL_VARIABLE, takeRuntime, wantedRuntime } from './setup/cards.mjs'
import { hasDisplay } from './setup/display.mjs'
import { electronExecutable } from './setup/electron-runtime.mjs'
import { root } from './setup/paths.mjs'
import { CHECKOUT_COMMAND, becomeCli, prepare } from './setup/prepare.mjs'

const { runtime, rest: args } = readArguments()
// The window is there before any data set: its searches fetch theirs, with progress. In the terminal the first line is a search's.
await prepare({ withDataSet: !hasDisplay() })

const workspace = path.resolve(process.env.GPTNAS_WORKSPACE ?? path.join(os.homedir(), 'GPT-NAS Workspace'))
if (!args.includes('--workspace')) args.push('--workspace', workspace)

process.env.GPTNAS_COMMAND ??= CHECKOUT_COMMAND
const wanted = wantedRuntime(runtime)
process.stderr.write(wanted.text)
// An earlier choice stays stored; this start is as it was asked for.
if (runtime === 'cpu') process.env.GPTNAS_RUNTIME ??= 'cpu'
if (hasDisplay()) {
  if (wanted.install !== null) {
    process.stderr.write('It comes in the background; Runtime in the window shows how far it is.\n')
    process.env[INSTALL_VARIABLE] = `${wanted.install}${wanted.isAsked ? ' asked' : ''}`
  }
  startWindow()
} else {
  process.stderr.write(
    'No display (neither DISPLAY nor WAYLAND_DISPLAY is set): running the sample search in the terminal, about five minutes on two\n' +
      'cores; each of its 6 networks gives a line when it is trained. Ctrl-C pauses it, npm start goes on. Then the best of them and a\n' +
      'hand-made network of the same cost are trained on all images and tested once, and the best is exported.\n',
  )
  if (wanted.install !== null && !installRuntime(wanted.install))
    process.stderr.write('TensorFlow for cards is not installed; the processor trains. The next start tries again.\n')
  // One epoch on all images is what five minutes have room for.
  const finish = ['--finish', '--epochs', '1', '--all-images', '--peer']
  becomeCli(['search', 'start', '--sample', ...finish, '--export', '--go-on', ...args])
}

function readArguments() {
  try {
    return takeRuntime(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

function startWindow() {
  // Chromium refuses its sandbox to root; for everybody else it stays on.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const env = { ...process.env }
  delete env.ELECTRON_RUN_AS_NODE
  const app = spawn(electronExecutable(), [...sandbox, root, ...args], { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => app.kill(signal))
  app.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (os.constants.signals[signal] ?? 0)
  })
}
