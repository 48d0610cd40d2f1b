// Stands in for Electron's own default app, which the stand-in runtime does not carry: `electron [-r MODULE] FOLDER [ARGUMENTS]`
// runs the application in FOLDER as if it had been packaged. Used in a checkout and by Playwright; a package removes it.
const { app } = require('electron')
const Module = require('node:module')
const path = require('node:path')

const rest = process.argv.slice(1)
const preloads = []
let folder = '.'
while (rest.length > 0) {
  const argument = rest.shift()
  if (argument === '-r' || argument === '--require') preloads.push(rest.shift())
  else if (!argument.startsWith('-')) {
    folder = argument
    break
  }
}

const packagePath = path.resolve(folder)
const manifest = require(path.join(packagePath, 'package.json'))
process.defaultApp = true
app.setName(manifest.productName ?? manifest.name)
app.setVersion(manifest.version)
app.setAppPath(packagePath)
// Playwright's loader holds the ready event back until it is attached, so it comes before the application.
Module._preloadModules(preloads)
Module._load(path.join(packagePath, manifest.main ?? 'index.js'), Module, true)
