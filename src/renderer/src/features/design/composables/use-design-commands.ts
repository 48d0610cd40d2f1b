// The editor's actions by name, with their keys: what the palette, the key sheet and the context menu list.
import { computed, inject, provide, type InjectionKey } from 'vue'
import { useI18n } from 'vue-i18n'
import { useCommands, type Command } from '@/stores/commands.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { graphOf, innerNodeIds } from '@shared/architecture/document'
import { duplicate, group, innerSelection, removeSelection, tidy, ungroup } from '../store/edit-commands'
import { useEditorStore } from '../store/editor.store'
import { hasOwnUndo, isForSelection, isOnNodes, isTyping } from './typing'
import type { CanvasActions } from './use-canvas-actions'
import { useEditing } from './use-editing'
import { useFiles } from './use-files'

export type DesignCommands = ReturnType<typeof useDesignCommands>

const commandsKey: InjectionKey<DesignCommands> = Symbol('design commands')

/** The commands that the view around registered, for its toolbar and menus. @throws Error outside of a design view. */
export function useProvidedCommands(): DesignCommands {
  const commands = inject(commandsKey)
  if (!commands) throw new Error('no design view around')
  return commands
}

/** Registers the editor's commands and provides them to the parts of the view. */
export function useDesignCommands(canvas: CanvasActions) {
  const { t } = useI18n()
  const editor = useEditorStore()
  const navigation = useNavigationStore()
  const { edit, undo, redo } = useEditing()
  const files = useFiles()

  const isShown = (): boolean => navigation.view === 'design' && editor.active !== null
  const canEdit = (): boolean => isShown() && !editor.isLocked
  const inner = (): string[] => (editor.active ? innerSelection(editor.active) : [])
  const selectedBlock = computed(() => {
    const design = editor.active
    const node = design?.primary === undefined ? undefined : graphOf(design.document).nodes.get(design.primary)
    return node?.type === 'block' ? node : undefined
  })
  const selectedBlocks = computed(() => {
    const design = editor.active
    if (!design) return []
    const { nodes } = graphOf(design.document)
    return design.selectedNodes.filter((id) => nodes.get(id)?.type === 'block')
  })
  function remove(heal: boolean): void {
    edit((design) => void removeSelection(design, heal))
  }

  const actions = {
    undo: { keys: '$mod+KeyZ', isEnabled: () => canEdit() && !hasOwnUndo(), run: undo },
    redo: {
      keys: '$mod+Shift+KeyZ',
      otherKeys: ['$mod+KeyY'],
      isEnabled: () => canEdit() && !hasOwnUndo(),
      run: redo,
    },
    save: { keys: '$mod+KeyS', isEnabled: canEdit, run: () => void files.save() },
    selectAll: {
      keys: '$mod+KeyA',
      isEnabled: () => isShown() && !isTyping(),
      run: () => editor.active?.select(innerNodeIds(editor.active.document)),
    },
    duplicate: {
      keys: '$mod+KeyD',
      isEnabled: () => canEdit() && inner().length > 0,
      run: () => edit((design) => void duplicate(design, editor.library)),
    },
    group: {
      keys: '$mod+KeyG',
      isEnabled: () => canEdit() && inner().length > 0,
      run: () => edit((design) => group(design, editor.library, editor.nameFor('my-block'))),
    },
    ungroup: {
      keys: '$mod+Shift+KeyG',
      isEnabled: () => canEdit() && selectedBlocks.value.length > 0,
      run: () => edit((design) => ungroup(design, editor.library, selectedBlocks.value)),
    },
    remove: { keys: 'Delete', isEnabled: canEdit, takesKeys: isForSelection, run: () => remove(false) },
    heal: { keys: 'Backspace', isEnabled: canEdit, takesKeys: isForSelection, run: () => remove(true) },
    connect: {
      keys: 'KeyC',
      isEnabled: () => canEdit() && isOnNodes() && editor.active?.primary !== undefined,
      run: () => {
        editor.connectFrom = editor.active?.primary ?? null
        editor.announce(t('design.connecting'))
      },
    },
    quickAdd: { keys: 'Tab', isEnabled: () => canEdit() && isOnNodes(), run: () => canvas.quickAdd() },
    suggest: { isEnabled: () => canEdit() && editor.active?.meta.kind === 'network', run: () => canvas.suggest() },
    expand: {
      isEnabled: () => isShown() && selectedBlock.value !== undefined,
      run: () => canvas.openExpansion(selectedBlock.value!.id),
    },
    tidy: { isEnabled: canEdit, run: () => edit((design) => void tidy(design)) },
    fit: { keys: '.', isEnabled: isShown, takesKeys: () => !isTyping(), run: () => canvas.fit() },
    zoomIn: { keys: '$mod+=', isEnabled: isShown, run: () => canvas.zoomBy(1.25) },
    zoomOut: { keys: '$mod+-', isEnabled: isShown, run: () => canvas.zoomBy(0.8) },
    importFile: { isEnabled: () => navigation.view === 'design', run: () => void files.importFile() },
    exportFile: { isEnabled: isShown, run: () => void files.exportFile() },
  } satisfies Record<string, Pick<Command, 'keys' | 'otherKeys' | 'isEnabled' | 'takesKeys' | 'run'>>

  useCommands(() =>
    Object.entries(actions).map(([name, action]) => ({
      id: `design-${name}`,
      title: t(`design.commands.${name}`),
      group: t('views.design'),
      ...action,
    })),
  )
  const commands = { actions, selectedBlock }
  provide(commandsKey, commands)
  return commands
}
