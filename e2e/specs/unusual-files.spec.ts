// What is no file of ours, opened in the real window by its dialog and by a real drop: a pipe, a device, a folder, an endless and an
// empty file. Each is refused with what came, and the window goes on. (What the readers below do with them: tests/faults.)
import { execFileSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { designIds } from '../../src/renderer/src/features/design/ids'
import { testIds } from '../../src/renderer/src/lib/ids'
import { en } from '../../src/renderer/src/locales/en'
import { documentText } from '../../src/shared/architecture/document'
import { zooDocument } from '../../src/shared/architecture/document/zoo-document'
import { expect, test, type Folders, type Launched } from '../fixtures/app'

/** Larger than any memory here gives a page. */
const HUGE_BYTES = 3 * 1024 ** 3

interface Unusual {
  readonly make: (at: string) => void
  /** What the message says came. */
  readonly told: RegExp
}

const UNUSUAL: Readonly<Record<string, Unusual>> = {
  'pipe.gptnas.json': { make: (at) => execFileSync('mkfifo', [at]), told: /pipe/i },
  'device.gptnas.json': { make: (at) => execFileSync('ln', ['-s', '/dev/zero', at]), told: /device/i },
  'huge.gptnas.json': {
    make: (at) => {
      writeFileSync(at, '{"format":"gptnas-architecture/1",')
      truncateSync(at, HUGE_BYTES)
    },
    told: /larger|large/i,
  },
  'empty.gptnas.json': { make: (at) => writeFileSync(at, ''), told: /empty/i },
  'folder.gptnas.json': { make: (at) => mkdirSync(at), told: /folder/i },
}

function placed(folders: Folders, name: string): string {
  const at = path.join(path.dirname(folders.workspace), name)
  UNUSUAL[name]!.make(at)
  return at
}

/**
 * As the system drops it: not an event of a script, which has no place. On the rail, which stays while views load: what is dropped on an
 * element that is replaced in that very moment never reaches the window (Chromium sends the drop to the element of the last move).
 */
async function drop({ app, page }: Launched, file: string): Promise<void> {
  const box = await page.getByTestId(testIds.rail('design')).boundingBox()
  expect(box).not.toBeNull()
  const at = { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 }
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [file], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at, data })
  await session.detach()
  expect(app.process().exitCode).toBeNull()
}

/** Each is refused in the window that refused the ones before, and the window goes on to other views. */
async function refusesEach({ page }: Launched, folders: Folders, open: (file: string) => Promise<void>): Promise<void> {
  for (const [name, { told }] of Object.entries(UNUSUAL)) {
    await page.getByTestId(testIds.rail('design')).click()
    await open(placed(folders, name))
    await expect(page.getByRole('alert').filter({ hasText: told })).toBeVisible()
    await page.getByTestId(testIds.rail('results')).click()
    await expect(page.getByTestId(testIds.view('results'))).toBeVisible()
  }
}

test('what is no design is refused when the dialog gives it', async ({ launched, folders }) => {
  const { app, page } = launched
  await refusesEach(launched, folders, async (file) => {
    await app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
    }, file)
    await page.getByRole('button', { name: en.design.commands.importFile }).click()
  })
})

test('what is no design is refused when it is dropped', async ({ launched, folders }) => {
  await refusesEach(launched, folders, (file) => drop(launched, file))
})

test('a pipe by the name of a network is refused by the dialog of imports', async ({ launched, folders }) => {
  const { page } = launched
  const file = path.join(path.dirname(folders.workspace), 'net.onnx')
  execFileSync('mkfifo', [file])
  await drop(launched, file)
  await expect(page.getByRole('dialog').getByRole('alert').filter({ hasText: /pipe/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('a design that is dropped is opened', async ({ launched, folders }) => {
  const { page } = launched
  const file = path.join(path.dirname(folders.workspace), 'mine.gptnas.json')
  writeFileSync(file, documentText(zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })))
  await drop(launched, file)
  await expect(page.getByTestId(designIds.nodeCount)).toBeAttached()
})
