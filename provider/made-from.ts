import type { Adapter, AdapterFactory, Provider } from 'oidc-provider'

/** What a provider goes by in the end. Not documented by the library, which calls the factory of adapters as its method. */
export interface ProviderState {
  configuration?: { [setting: string]: unknown }
  keystore?: Iterable<object>
  staticClients?: Map<string, unknown>
}

/** What a provider was made from, and what it goes by. */
export interface MadeFrom<T> {
  given: T
  state: ProviderState
}

export interface Marks<T> {
  /** The factory of adapters that stands in a configuration, known again in a provider. */
  marked(factory: AdapterFactory, given: T): AdapterFactory
  /** Undefined where the provider was made from nothing that was marked here. */
  of(provider: Provider): MadeFrom<T> | undefined
}

/**
 * Tells which configuration a provider was made from: its adapters are all of it that a provider shows, and they are
 * those of the factory that was in there.
 */
export function createMarks<T>(): Marks<T> {
  const made = new WeakMap<Adapter, MadeFrom<T>>()
  return {
    /** A method, as an arrow function has no `this`; and no class, which the library would construct. */
    marked: (factory, given) =>
      ({
        adapter(this: ProviderState | undefined, model: string) {
          const adapter = factory(model)
          made.set(adapter, { given, state: this ?? {} })
          return adapter
        },
      }).adapter,
    of: ({ Grant }) => made.get((Grant as unknown as { adapter: Adapter }).adapter),
  }
}
