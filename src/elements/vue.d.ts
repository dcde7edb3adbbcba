/**
 * The elements in Vue's templates, for vue-tsc with `strictTemplates`: tags, attributes, properties and events.
 *
 * @example
 * import type {} from 'countersign/elements/vue'
 *
 * <two-factor-challenge :challenge="answer" @two-factor-signed-in="leave" />
 */
import type { HTMLAttributes, PublicProps } from 'vue'
import type { CountersignTags } from './index.js'

/** `two-factor-changed` as `TwoFactorChanged`: how a template's `@two-factor-changed` is looked up. */
type Pascal<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${Capitalize<First>}${Pascal<Rest>}`
  : Capitalize<Name>

type Listeners<Events> = {
  [Name in keyof Events & string as `on${Pascal<Name>}`]?: ((event: Events[Name]) => void) | undefined
}

type TagProps<Tag extends { props: object; events: object }> = Tag['props'] &
  Listeners<Tag['events']> &
  Omit<HTMLAttributes & PublicProps, keyof Tag['props']>

type TagComponent<Tag extends { element: HTMLElement; props: object; events: object }> = new () => Tag['element'] & {
  /** @deprecated For the types of templates only: no element has it. */
  $props: TagProps<Tag>
}

export type CountersignVueComponents = { [Name in keyof CountersignTags]: TagComponent<CountersignTags[Name]> }

declare module 'vue' {
  interface GlobalComponents extends CountersignVueComponents {}
}
