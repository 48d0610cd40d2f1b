// Stands in for @mapbox/node-pre-gyp in the package (docs/decisions/122). tfjs-node-gpu calls `find` at its start, and nothing else of
// it; the real one brings an installer with 40 packages. Set-up places one binding, for Node-API 8 (scripts/setup/tfjs-binding.mjs).
const path = require('node:path')

/** @param {string} manifest absolute path of the binding's package.json */
exports.find = (manifest) => path.join(path.dirname(manifest), 'lib', 'napi-v8', 'tfjs_binding.node')
