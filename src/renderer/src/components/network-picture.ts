// Where any view gets the picture of a network from. Drawing is the editor's; the application provides it, so that no feature
// reaches into another.
import type { Component, InjectionKey } from 'vue'

/** A component with the props of `features/design/NetworkPicture.vue`: `document` as it crossed the contract, `marked` node ids. */
export const networkPictureKey: InjectionKey<Component> = Symbol('network picture')
