import { expect } from 'chai'
import type { Store } from '../../adapters/store/store.ts'
import { disavow } from '../../recovery/disavowal.ts'
import { applyEvent } from '../../recovery/events.ts'
import { withEffects } from '../../rules/effect.ts'
import { addFactor } from '../../rules/enrolment.ts'
import type { CaseEvent } from '../../rules/recovery-case.ts'
import { totp } from '../rules/examples.ts'
import { accountIn } from '../support/accounts.ts'
import { gated } from '../support/gates.ts'
import { Killed, mortalStore } from '../support/mortal-store.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { endState } from './end-state.ts'
import { type Scene, setScene, startProcess } from './scene.ts'

type Process = Awaited<ReturnType<typeof startProcess>>

interface Deed {
  /** What happened before. */
  given?(process: Process, scene: Scene): Promise<unknown>
  act(process: Process, scene: Scene): Promise<unknown>
  /** Writes until it is written down; 1 where it is left out. */
  written?: number
}

const approve = (process: Process, scene: Scene) => applyEvent(process, scene.case, scene.approve)
const withPass = { type: 'approve', pass: { hash: 'pass', lifetime: 3_600_000 } } as const

/** What people do that ends in effects: each can be done again when it is not clear whether it was. */
const deeds = {
  'An approval': { act: approve },
  'An approval with a pass': {
    act: (process, scene) => applyEvent(process, scene.case, { ...scene.approve, ...withPass } as CaseEvent),
  },
  '"This wasn’t me" during a case': {
    act: (process, scene) => disavow(process, { ...scene.link, case: scene.case }),
  },
  '"This wasn’t me" about a sign-in': { act: (process, scene) => disavow(process, scene.link) },
  '"This wasn’t me" after an approval that nobody has carried out yet': {
    given: approve,
    written: 2,
    act: (process, scene) => disavow(process, { ...scene.link, case: scene.case }),
  },
} satisfies { [title: string]: Deed }
const leaseTime = 30_000
const all = process.env['STORIES'] === 'all'

describeEachEngine('Effects', (engine) => {
  let opened: Opened
  let store: Store
  let now = Date.now()
  const start = (over = store) => startProcess(over, () => now)
  /** Every write on the embedded store; elsewhere one of four, unless STORIES=all. */
  const everyWrite = engine.name === 'lmdb' || all
  const step = everyWrite ? 1 : 4

  before(async () => {
    opened = await engine.open(() => now)
    store = opened.store
  })
  afterEach(() => store.outbox.removeBy('state', 'queued'))
  after(() => opened.dispose())

  /** The scene in which it is done; whoever did what happened before was killed when it was written down. */
  async function begin(deed: Deed): Promise<Scene> {
    const scene = await setScene(store, now)
    if (deed.given) await deed.given(await start(mortalStore(store, 1).store), scene).catch(() => {})
    // The write that promises also claims: others go on when that process is taken for dead.
    now += leaseTime + 1
    return scene
  }

  async function isWritten(deed: Deed, scene: Scene): Promise<boolean> {
    const [one, ada] = [(await store.cases.get(scene.case))!, (await accountIn(store, scene.ada))!]
    const moved = one.history.length > (deed.given ? 2 : 1)
    return moved || ada.effects.length > 0 || ada.expiries !== undefined
  }

  /** Kills the process before each of its writes in turn, or some of them; `meanwhile` happens before another one goes on. */
  async function killEverywhere(
    deed: Deed,
    goOn: (process: Process, scene: Scene) => Promise<unknown>,
    compare: (scene: Scene, point: number) => Promise<void>,
    meanwhile: (scene: Scene) => Promise<unknown> = async () => {},
  ): Promise<number> {
    for (let point = 0; ; point += step) {
      const scene = await begin(deed)
      const mortal = mortalStore(store, point)
      const failed = await deed.act(await start(mortal.store), scene).then(
        () => undefined,
        (error) => error,
      )
      if (!mortal.dead()) return point
      expect(failed).to.be.instanceOf(Killed)
      await staysTrue(scene)
      await meanwhile(scene)
      now += leaseTime + 1
      await goOn(await start(), scene)
      await compare(scene, point)
      await store.outbox.removeBy('state', 'queued')
    }
  }

  /** What must hold at every moment: the account first, and nothing is called completed that is not. */
  async function staysTrue(scene: Scene): Promise<void> {
    const [one, ada] = [(await store.cases.get(scene.case))!, (await accountIn(store, scene.ada))!]
    const sessions = await store.sessions.find('account', scene.ada)
    const ended = sessions.filter((session) => session.ended !== undefined && session.ended !== 'signed out')
    const voided = ada.lastReset === scene.case || ada.passwordExpired !== undefined
    if (ended.length > 0) expect(voided).to.equal(true)
    if (one.status !== 'completed') return
    expect([voided, one.pass !== undefined || ended.length === 2]).to.deep.equal([true, true])
  }

  for (const [title, deed] of Object.entries<Deed>(deeds)) {
    describe(title, () => {
      async function wanted(): Promise<object> {
        const scene = await begin(deed)
        await deed.act(await start(), scene)
        const state = await endState(store, scene)
        await store.outbox.removeBy('state', 'queued')
        return state
      }

      it('ends in the same state, whichever write the process is killed before', async function () {
        this.timeout(600_000)
        const state = await wanted()
        const points = await killEverywhere(
          deed,
          async (process, scene) => {
            // Whoever saw that nothing was written does it again; otherwise the worker of any process goes on.
            if (!(await isWritten(deed, scene))) await deed.act(process, scene)
            await process.effects.settleAll()
          },
          async (scene, point) => {
            expect(await endState(store, scene), `write ${point}`).to.deep.equal(state)
          },
        )
        expect(points).to.be.greaterThan(8)
      })

      it('ends in the same state when it is done again', async () => {
        const state = await wanted()
        for (const writes of [3, 6, 9]) {
          const scene = await begin(deed)
          await deed.act(await start(mortalStore(store, writes).store), scene).catch(() => {})
          now += leaseTime + 1
          const next = await start()
          for (const _ of [1, 2]) await deed.act(next, scene)
          await next.effects.settleAll()
          expect(await endState(store, scene), `after ${writes} writes`).to.deep.equal(state)
          await store.outbox.removeBy('state', 'queued')
        }
      })

      it('ends in the same state when several processes carry it out at the same time', async () => {
        const state = await wanted()
        const scene = await begin(deed)
        const mortal = mortalStore(store, deed.written ?? 1)
        await deed.act(await start(mortal.store), scene).catch(() => {})
        now += leaseTime + 1
        const processes = [await start(), await start(), await start()]
        await Promise.all(processes.map(({ effects }) => effects.settleAll()))
        now += leaseTime + 1
        await processes[0]!.effects.settleAll()
        expect(await endState(store, scene)).to.deep.equal(state)
      })

      it('ends in the same state when a process was so slow that another one took over', async () => {
        const state = await wanted()
        const scene = await begin(deed)
        const gates = gated(store)
        const gate = gates.hold(1, {
          collection: 'protections',
          operation: 'update',
          id: scene.ada,
          when: 'before',
        })
        const slow = deed.act(await start(gates.store), scene)
        await gate.reached
        now += leaseTime + 1
        const next = await start()
        await deed.act(next, scene)
        await next.effects.settleAll()
        gate.open()
        await slow
        expect(await endState(store, scene)).to.deep.equal(state)
      })
    })
  }

  it('of an approval take everything away and let the sign-in that waited go on', async () => {
    const scene = await setScene(store, now)
    await approve(await start(), scene)
    const state = await endState(store, scene)
    expect(state).to.deep.include({
      sessions: [
        ['before*', 'signed out'],
        ['here*', 'case*:2:end_sessions'],
        ['there*', 'case*:2:end_sessions'],
      ],
      console: [],
      artifacts: ['Interaction:waiting*'],
      waiting: ['pwd'],
      other: { key: 'ended' },
      queued: [
        ['ada*', 'case*:3:subject:ada*:ada*@example.com'],
        ['ada*', 'case*:3:subject:ada*:ada*@home.example'],
        ['client:listening', 'case*:2:end_sessions:listening:listening-here*'],
        ['client:listening', 'case*:2:end_sessions:listening:listening-there*'],
      ],
      audit: [
        ['case*:2:audit', 'recovery.completing', 'bob*'],
        ['case*:3:audit', 'recovery.completed', null],
      ],
    })
    const { account, case: one } = state
    expect(account).to.deep.include({ factors: [], codes: 0, recovered: { case: 'case*', route: 'admin' } })
    expect(one).to.deep.include({
      status: 'completed',
      history: ['awaiting_admin', 'completing', 'completed'],
    })
  })

  it('of "this wasn’t me" void the password and let no sign-in go on', async () => {
    const scene = await setScene(store, now)
    await deeds['"This wasn’t me" during a case'].act(await start(), scene)
    const state = await endState(store, scene)
    expect(state).to.deep.include({
      sessions: [
        ['before*', 'signed out'],
        ['here*', 'case*:2:end_sessions'],
        ['there*', 'case*:2:end_sessions'],
      ],
      console: [],
      artifacts: [],
      waiting: [],
      other: { key: 'ended' },
      queued: [
        ['ada*', 'case*:2:subject:ada*:ada*@example.com'],
        ['ada*', 'case*:2:subject:ada*:ada*@home.example'],
        ['bob*', 'case*:2:approver:bob*:bob*@example.com'],
        ['client:listening', 'case*:2:end_sessions:listening:listening-here*'],
        ['client:listening', 'case*:2:end_sessions:listening:listening-there*'],
      ],
    })
    expect(state.account).to.deep.include({ factors: ['phone'], codes: 1, passwordExpired: 'disavowed' })
  })

  it('of a reset that its owner stopped take nothing away', async () => {
    const deed: Deed = deeds['"This wasn’t me" after an approval that nobody has carried out yet']
    const scene = await begin(deed)
    await deed.act(await start(), scene)
    const [one, ada] = [(await store.cases.get(scene.case))!, (await accountIn(store, scene.ada))!]
    expect([one.status, one.completedAt]).to.deep.equal(['disavowed', undefined])
    expect(ada.factors.map(({ id }) => id)).to.deep.equal(['phone'])
    expect(ada)
      .to.include({ passwordExpired: 'disavowed' })
      .and.to.not.have.any.keys('recovered', 'lastReset')
  })

  const ofEveryWrite = everyWrite ? it : () => {}
  describe('that were interrupted', () => {
    ofEveryWrite('take away no factor that was enrolled after the reset', async function () {
      this.timeout(120_000)
      let enrolled = 0
      await killEverywhere(
        deeds['An approval'],
        (process) => process.effects.settleAll(),
        async (scene) => {
          const { factors, recovered, lastReset } = (await accountIn(store, scene.ada))!
          if (lastReset === undefined) return
          const kept = factors.length > 0
          if (kept) expect([factors.map(({ id }) => id), recovered]).to.deep.equal([['new'], undefined])
          enrolled += kept ? 1 : 0
        },
        (scene) =>
          store.protections.update(scene.ada, (ada) => [
            ada!.lastReset === scene.case ? addFactor(ada!, totp({ id: 'new' }), now) : ada,
            undefined,
          ]),
      )
      expect(enrolled).to.be.greaterThan(2)
    })

    ofEveryWrite('expire no password that was set after it was expired', async function () {
      this.timeout(120_000)
      let set = 0
      const newPasswords = new Set<string>()
      const setNew = async (scene: Scene) => {
        if ((await accountIn(store, scene.ada))?.passwordExpired === undefined) return
        await store.people.update(scene.ada, (ada) => [{ ...ada!, passwordHash: 'new' }, undefined])
        newPasswords.add(scene.ada)
      }
      for (const deed of [
        deeds['"This wasn’t me" during a case']!,
        deeds['"This wasn’t me" about a sign-in']!,
      ])
        await killEverywhere(
          deed,
          (process) => process.effects.settleAll(),
          async (scene) => {
            const ada = (await accountIn(store, scene.ada))!
            if (!newPasswords.has(scene.ada)) return
            expect(ada.passwordExpired).to.equal(undefined)
            set += 1
          },
          (scene) => setNew(scene),
        )
      expect(set).to.be.greaterThan(8)
    })

    ofEveryWrite('issue no second pass when the first was used already', async function () {
      this.timeout(120_000)
      let used = 0
      await killEverywhere(
        deeds['An approval with a pass'],
        (process) => process.effects.settleAll(),
        async (scene) => {
          const { lastSignInAt, pass } = (await accountIn(store, scene.ada))!
          if (lastSignInAt === undefined) return
          expect(pass).to.equal(undefined)
          used += 1
        },
        (scene) =>
          store.protections.update(scene.ada, (ada) => {
            const { pass, ...rest } = ada!
            return [pass === undefined ? ada : { ...rest, lastSignInAt: now }, undefined]
          }),
      )
      expect(used).to.be.greaterThan(2)
    })

    it('wait until the lease of the process that began is over', async () => {
      const scene = await setScene(store, now)
      const mortal = mortalStore(store, 4)
      await approve(await start(mortal.store), scene).catch(() => {})
      const next = await start()
      now += leaseTime - 1
      await next.effects.settleAll()
      expect((await store.cases.get(scene.case))?.status).to.equal('completing')
      now += 2
      await next.effects.settleAll()
      expect((await store.cases.get(scene.case))?.status).to.equal('completed')
    })
  })

  it('that come while others are carried out are carried out too', async () => {
    const scene = await setScene(store, now)
    const gates = gated(store)
    const gate = gates.hold(1, {
      collection: 'protections',
      operation: 'update',
      id: scene.ada,
      when: 'before',
    })
    const settled = applyEvent(await start(gates.store), scene.case, scene.approve)
    await gate.reached
    const late = {
      kind: 'notice',
      id: `late|${scene.ada}`,
      name: 'password_changed',
      to: scene.bob,
      data: {},
    } as const
    await store.cases.update(scene.case, (one) => [withEffects(one!, [late]), undefined])
    await (await start()).effects.settle('cases', scene.case)
    gate.open()
    await settled
    expect((await store.cases.get(scene.case))?.status).to.equal('completed')
    const queued = (await store.outbox.find('state', 'queued')).map(({ id }) => id)
    expect(queued.filter((id) => id.startsWith('late|'))).to.have.length(1)
  })

  it('of one that always fail hold up nobody else’s, and are kept', async () => {
    const [broken, sound] = [await setScene(store, now), await setScene(store, now)]
    const promise = (scene: Scene, sealed?: string) =>
      store.protections.update(scene.ada, (ada) => {
        const notice = {
          kind: 'notice',
          id: `notice|${scene.ada}`,
          name: 'mail_code',
          to: scene.ada,
          data: {},
        } as const
        return [
          withEffects(ada!, [
            sealed === undefined ? { ...notice, name: 'password_changed' } : { ...notice, sealed },
          ]),
          undefined,
        ]
      })
    await promise(broken, 'lost-key.AAAA')
    await promise(sound)
    const process = await start()
    const fault = await process.effects.settleAll().then(
      () => undefined,
      (error) => error,
    )
    expect(fault).to.be.instanceOf(AggregateError)
    expect((await accountIn(store, broken.ada))?.effects).to.have.length(1)
    expect((await accountIn(store, sound.ada))?.effects).to.deep.equal([])
    const queued = (await store.outbox.find('state', 'queued')).map(
      ({ recipient }) => recipient.split(':')[0],
    )
    expect(queued).to.deep.equal([sound.ada, sound.ada])
    await store.protections.remove(broken.ada)
  })
})
