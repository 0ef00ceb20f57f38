import type { AccountServices } from '../account/services.ts'
import type { ProtectionUseCases } from '../account/use-cases.ts'
import type { OwnPerson } from '../rules/own-person.ts'
import type { Names } from '../rules/person-change.ts'
import { findPeople, type ListPage, type ListQuery } from './lists.ts'
import {
  type ActsBy,
  askLogin,
  type CreateOutcome,
  createPerson,
  type LoginRefusal,
  type NewPerson,
  type PersonRefusal,
  renamePerson,
  takeFactor,
  withdrawLogin,
} from './people.ts'
import { type StatusRefusal, setStatus } from './status.ts'

type Changed<Reason extends string> = Promise<{ ok: true } | { ok: false; reason: Reason }>

/**
 * People whom Rekey keeps, without a page. `by` says who acts and why; where it names an organization that acts, it can
 * do no more than that one may: what is about the whole account takes an account that belongs to it.
 */
export interface PeopleUseCases {
  /** A page of them. */
  list(query: ListQuery): Promise<ListPage>
  /** Somebody new. */
  create(person: NewPerson, by: ActsBy): Promise<CreateOutcome>
  /**
   * Another name.
   *
   * @param seen whether what is there at the moment of the write is what the change is made for.
   */
  rename(
    person: string,
    names: Partial<Names>,
    by: ActsBy,
    seen?: (current: OwnPerson) => boolean,
  ): Changed<PersonRefusal | 'name' | 'precondition_failed'>
  /** Nothing changes until the new address is proven by the person. */
  changeLogin(person: string, address: string, by: ActsBy): Changed<LoginRefusal>
  /** Takes back what `changeLogin` asked for. */
  withdrawLogin(person: string, by: ActsBy): Changed<PersonRefusal>
  /** Takes a method away from somebody, who is told why. */
  takeFactor(person: string, factor: string, by: ActsBy): Changed<PersonRefusal | 'self' | 'last_method'>
  /** Signs them out everywhere, and lets them in no more until `reactivate`. */
  deactivate(person: string, by: ActsBy): Changed<StatusRefusal>
  /** Undoes `deactivate`. */
  reactivate(person: string, by: ActsBy): Changed<StatusRefusal>
  /** Kept for `keepRemovedDays`, in which `restore` undoes it. */
  remove(person: string, by: ActsBy): Changed<StatusRefusal>
  /** Undoes `remove`. */
  restore(person: string, by: ActsBy): Changed<StatusRefusal>
}

export type Accounts = ProtectionUseCases & PeopleUseCases

export function createPeople(services: AccountServices): PeopleUseCases {
  const status = (wanted: Parameters<typeof setStatus>[1]) => async (person: string, by: ActsBy) =>
    outcomeOf(await setStatus(services, wanted, person, by))
  return {
    list: (query) => findPeople(services, query),
    create: (person, by) => createPerson(services, person, by),
    rename: async (person, names, by, seen) =>
      outcomeOf(await renamePerson(services, person, names, by, seen)),
    changeLogin: async (person, address, by) => outcomeOf(await askLogin(services, person, address, by)),
    withdrawLogin: async (person, by) => outcomeOf(await withdrawLogin(services, person, by)),
    takeFactor: async (person, factor, by) => outcomeOf(await takeFactor(services, person, factor, by)),
    deactivate: status('deactivate'),
    reactivate: status('reactivate'),
    remove: status('remove'),
    restore: status('restore'),
  }
}

const outcomeOf = <Reason extends string>(
  refusal: Reason | undefined,
): { ok: true } | { ok: false; reason: Reason } =>
  refusal === undefined ? { ok: true } : { ok: false, reason: refusal }
