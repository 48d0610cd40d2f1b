// Settings of the window.
export const settings = {
  settings: {
    title: 'Settings',
    find: 'Find a setting',
    theme: {
      label: 'Theme',
      help: 'Colours of the window and its charts.',
      system: 'As the system',
      light: 'Light',
      dark: 'Dark',
    },
    density: { label: 'Density', help: 'Compact shows more rows.', comfortable: 'Comfortable', compact: 'Compact' },
    detail: {
      label: 'Detail',
      help: 'Simple shows the settings that matter first. Switching loses nothing.',
      simple: 'Simple',
      expert: 'Expert',
    },
    language: { label: 'Language', help: 'Language of the window.', en: 'English' },
    panes: { label: 'Pane sizes', help: 'Every view remembers how you divide it.', reset: 'Reset' },
    keys: { label: 'Keys', help: 'Everything can be done without them.', show: 'Show' },
    workspace: {
      label: 'Workspace',
      help: 'The folder with runs, designs, data and models.',
      show: 'Show folder',
      facts: '{size}, no runs | {size}, {count} run | {size}, {count} runs',
    },
    about: 'Version {version} · Electron {electron}, Chrome {chrome}, Node {node} · {platform}',
  },
}
