// Starts the window: one app, one engine connection, one language. Views load when they are first opened.
import '@fontsource-variable/inter/wght.css'
import '@fontsource/jetbrains-mono/latin-400.css'
import 'splitpanes/dist/splitpanes.css'
import './styles/tokens.css'
import './styles/base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { z } from 'zod'
import { createEngineConnection } from './api/engine-client'
import { hostOf } from './api/host'
import { engineKey, hostKey } from './api/keys'
import { listenForEnginePorts } from './api/port-source'
import App from './app/App.vue'
import { createLocale } from './locales'

// zod would compile its parsers with `new Function`, which the script policy of the page forbids.
z.config({ jitless: true })

const connection = createEngineConnection()
listenForEnginePorts(connection)

createApp(App)
  .use(createPinia())
  .use(createLocale())
  .provide(engineKey, connection)
  .provide(hostKey, hostOf(window.workbench))
  .mount('#app')
