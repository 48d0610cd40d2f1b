// What of others a package carries: their licences with their texts, and a bill of materials in CycloneDX. Found by what is in the
// package, not by what package.json asks for: modules that the bundler names (licenses.json beside each bundle), packages of
// node_modules in the archive, Electron and TensorFlow. npm writes the components of the bill from the lock file.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from '../setup/failure.mjs'
import { inModules, root } from '../setup/paths.mjs'
import pins from '../setup/pins.mjs'
import { attempt } from '../setup/shell.mjs'
import { insideText, standardText } from './standard-licences.mjs'

const BUNDLES = ['main', 'preload', 'renderer']
export const NOTICES_FILE = 'THIRD_PARTY_LICENSES.txt'
export const BILL_FILE = 'sbom.cdx.json'

/** @typedef {{ name: string, version: string, identifier: string | undefined, text: string | undefined, from: string | undefined }} Part */

/**
 * Licences that packages state in another way than as an SPDX expression in package.json, read by hand in the versions of the lock.
 * h5wasm: NIST's terms, and those of the HDF5 library inside it, which are the three clauses with a note on improvements.
 */
const STATED = { jstat: 'MIT', h5wasm: 'NIST-PD-fallback AND BSD-3-Clause' }

/**
 * Every package whose code is in an application, each version once.
 * @param {string[]} carried names of packages that lie in the archive's node_modules
 * @returns {Promise<Part[]>} by name
 */
export async function partsOf(carried) {
  const parts = new Map()
  const add = (part) => parts.set(`${part.name}@${part.version}`, part)
  for (const bundle of BUNDLES) {
    const file = path.join(root, 'out', bundle, 'licenses.json')
    for (const { name, version, identifier, text } of JSON.parse(await readFile(file, 'utf8')))
      add({ name, version, identifier: STATED[name] ?? identifier, text, from: await homeOf(inModules(name)) })
  }
  for (const name of carried) add(await installedPart(inModules(name)))
  return [...parts.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function installedPart(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
  const text = file === undefined ? undefined : (await readFile(path.join(folder, file), 'utf8')).trim()
  return { name, version, identifier: STATED[name] ?? license, text, from: await homeOf(folder) }
}

/** Where a package's sources are, as it says itself. */
async function homeOf(folder) {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => '{}')
  const { repository, homepage } = JSON.parse(text)
  const address = typeof repository === 'string' ? repository : repository?.url
  return (address ?? homepage)?.replace(/^git\+/, '').replace(/\.git$/, '')
}

/**
 * @param {Part[]} parts
 * @returns {string}
 * @throws {SetupFailure} for a part whose licence nobody could read in it
 */
export function noticesText(parts) {
  const blocks = parts.map(({ name, version, identifier, text, from }) => {
    const head = `${name} ${version} (${identifier})`
    const body = text ?? standardText(identifier)
    if (identifier === undefined || body === undefined)
      throw new SetupFailure(
        `${name} ${version} carries no text of its licence (${identifier ?? 'which it does not state either'}).`,
        'Read it in its sources; then add it to scripts/release/third-party.mjs or standard-licences.mjs.',
      )
    const inside = insideText(name)
    const whose = text === undefined ? `Copyright the authors of ${name}, ${from ?? 'npm'}\n\n` : ''
    return `${head}\n${'-'.repeat(head.length)}\n${whose}${body}\n${inside === undefined ? '' : `\n${inside}\n`}`
  })
  return [
    'GPT-NAS Workbench is under the Apache License 2.0. It contains the software below, each under its own licence.\n',
    'Electron and Chromium: LICENSE.electron.txt and LICENSES.chromium.html beside this file.',
    'TensorFlow and what is linked into it: THIRD_PARTY_NOTICES.txt beside its libraries.\n',
    ...blocks,
  ].join('\n')
}

/**
 * The bill of materials of a package.
 * @param {Part[]} parts of npm
 * @param {Part} node what the command line runs in
 * @param {{ product: string, electron: string }} application
 * @throws {SetupFailure} where npm cannot write one, or does not know a part
 */
export async function billOf(parts, node, { product, electron }) {
  const { code, stdout, tail } = await attempt('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: root,
  })
  if (code !== 0)
    throw new SetupFailure(
      `npm could not write a bill of materials:\n${tail}`,
      'npm 10 or newer is needed: npm --version.',
    )
  const bill = JSON.parse(stdout)
  const wanted = new Set(parts.map(({ name, version }) => `${name}@${version}`))
  const known = new Map()
  for (const component of bill.components) {
    const id = `${component.name}@${component.version}`
    // Installed in several places, it is one component of the package.
    if (wanted.has(id) && !known.has(id)) known.set(id, { ...shipped(component), 'bom-ref': id })
  }
  const missing = [...wanted].filter((id) => !known.has(id))
  if (missing.length > 0)
    throw new SetupFailure(
      `The package carries what package-lock.json does not name: ${missing.join(', ')}.`,
      'Run npm ci, build and package again.',
    )
  const components = [...known.values(), nodeComponent(node), ...runtimes(electron)]
  const refs = new Set(components.map((component) => component['bom-ref']))
  const dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }))
  const { component, ...metadata } = bill.metadata
  return {
    ...bill,
    metadata: { ...metadata, component: { ...component, type: 'application', name: product } },
    components,
    dependencies: [{ ref: component['bom-ref'], dependsOn: [...refs] }, ...dependencies],
  }
}

/** npm calls what it finds under devDependencies optional; in a package it is there. */
function shipped({ properties = [], ...component }) {
  const stated = STATED[component.name]
  const licenses = stated === undefined ? component.licenses : [licenceOf(stated)]
  const kept = properties.filter(
    ({ name }) => name !== 'cdx:npm:package:development' && name !== 'cdx:npm:package:path',
  )
  return { ...component, licenses, scope: 'required', ...(kept.length > 0 && { properties: kept }) }
}

/** In CycloneDX one licence is an id, several together are an expression. */
const licenceOf = (spdx) => (spdx.includes(' ') ? { expression: spdx } : { license: { id: spdx } })

const nodeComponent = ({ name, version, identifier }) => ({
  'bom-ref': `node-runtime@${version}`,
  type: 'framework',
  name,
  version,
  purl: `pkg:github/nodejs/node@v${version}`,
  licenses: [{ license: { id: identifier } }],
})

function runtimes(electron) {
  const { name, version, sha256 } = pins.tensorflow.cpu
  return [
    {
      'bom-ref': `electron-runtime@${electron}`,
      type: 'framework',
      name: 'electron',
      version: electron,
      purl: `pkg:github/electron/electron@v${electron}`,
      licenses: [{ license: { id: 'MIT' } }],
    },
    {
      'bom-ref': `${name}@${version}`,
      type: 'library',
      name,
      version,
      purl: `pkg:pypi/${name}@${version}`,
      hashes: [{ alg: 'SHA-256', content: sha256 }],
      licenses: [{ license: { id: 'Apache-2.0' } }],
    },
  ]
}

/** Writes both files into an unpacked application. */
export async function writeThirdParty(folder, parts, node, application) {
  await writeFile(path.join(folder, NOTICES_FILE), noticesText([...parts, node]))
  await writeFile(path.join(folder, BILL_FILE), `${JSON.stringify(await billOf(parts, node, application), null, 2)}\n`)
}
