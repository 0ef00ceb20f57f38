import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { parse, parseAllDocuments } from 'yaml'

const json = async (file: string) => JSON.parse(await readFile(file, 'utf8'))
const start = 'node_modules/rekey/standalone/start.mjs'

type Manifest = ReturnType<typeof parse>

/** Each by its kind. What the schema of Kubernetes says of them was looked at once; this is how they fit together. */
async function manifests(): Promise<{ [kind: string]: Manifest }> {
  const text = await readFile('deploy/kubernetes/rekey.yaml', 'utf8')
  const documents = parseAllDocuments(text)
  expect(documents.flatMap(({ errors }) => errors)).to.deep.equal([])
  return Object.fromEntries(
    documents.map((document) => {
      const manifest = document.toJS()
      return [manifest.kind, manifest]
    }),
  )
}

describe('deploy/', () => {
  it('has manifests of Kubernetes that fit together, and the image is of this release', async () => {
    const { Deployment, PodDisruptionBudget, Service, Ingress } = await manifests()
    const { template, selector, replicas, strategy } = Deployment.spec
    const { labels } = template.metadata
    expect([replicas, strategy.rollingUpdate]).to.deep.equal([2, { maxSurge: 1, maxUnavailable: 0 }])
    for (const chosen of [
      selector.matchLabels,
      PodDisruptionBudget.spec.selector.matchLabels,
      Service.spec.selector,
    ])
      expect(labels).to.include(chosen)
    const [container] = template.spec.containers
    const { version } = await json('package.json')
    expect(container.image.split(':')[1]).to.equal(version)
    const ports = Object.fromEntries(
      container.ports.map(({ name, containerPort }: { name: string; containerPort: number }) => [
        name,
        containerPort,
      ]),
    )
    const probed = [container.startupProbe, container.livenessProbe, container.readinessProbe].map(
      ({ httpGet }) => [httpGet.path, ports[httpGet.port]],
    )
    expect(probed).to.deep.equal([
      ['/livez', 9090],
      ['/livez', 9090],
      ['/readyz', 9090],
    ])
    expect(template.metadata.annotations['prometheus.io/port']).to.equal(String(ports.health))
    expect(ports[Service.spec.ports[0].targetPort]).to.equal(3000)
    const { backend } = Ingress.spec.rules[0].http.paths[0]
    expect([backend.service.name, backend.service.port.name]).to.deep.equal([
      Service.metadata.name,
      Service.spec.ports[0].name,
    ])
    // The pause before SIGTERM, and the ten seconds that stopping takes at most.
    const [, pause] = container.lifecycle.preStop.exec.command
    expect(template.spec.terminationGracePeriodSeconds).to.be.above(Number(pause) + 10)
    const mounted = container.volumeMounts.map(({ name }: { name: string }) => name)
    expect(template.spec.volumes.map(({ name }: { name: string }) => name)).to.have.members(mounted)
    expect(container.securityContext.readOnlyRootFilesystem).to.equal(true)
    expect(template.spec.securityContext.runAsNonRoot).to.equal(true)
  })

  it('has a compose file whose parts are there, with a replica set that the store names', async () => {
    const { services, volumes } = parse(await readFile('deploy/compose.yaml', 'utf8'), { merge: true })
    const { rekey, begin, ...servers } = services
    const names = Object.keys(servers)
    expect(new URL(rekey.environment.REKEY_STORE.replaceAll(',', '.')).host).to.equal(names.join('.'))
    const set = new URL(rekey.environment.REKEY_STORE.replaceAll(',', '.')).searchParams.get('replicaSet')
    for (const name of names) {
      expect(servers[name].command).to.include.members(['--replSet', set])
      expect(Object.keys(volumes)).to.include(servers[name].volumes[0].split(':')[0])
    }
    expect(begin.command.join(' ')).to.include(`_id: '${set}'`).and.include('[1, 2, 3]')
    expect(begin.depends_on).to.deep.equal(names)
    expect(rekey.depends_on).to.have.keys(['begin'])
    expect(rekey.stop_grace_period).to.equal('15s')
    expect([rekey.build.context, rekey.build.dockerfile]).to.deep.equal(['..', 'deploy/Containerfile'])
  })

  it('has a Containerfile that installs what the product needs and starts what is published', async () => {
    const file = await readFile('deploy/Containerfile', 'utf8')
    const { files, peerDependencies, engines } = await json('package.json')
    const [, installed] = /npm install --omit=dev (.*)$/m.exec(file)!
    expect(installed!.split(' ')).to.include.members(Object.keys(peerDependencies))
    expect(file).to.include(`"${start}"`)
    expect(files).to.include('standalone/start.mjs')
    expect(file)
      .to.match(/^USER node$/m)
      .and.include('9090/readyz')
    expect(engines.node).to.match(/^>=2\d/)
    expect(file.match(/^FROM .*node:(\d+)-slim/gm)).to.have.length(2)
  })

  it('has a unit that systemd takes, where systemd is there', async function () {
    const unit = await readFile('deploy/systemd/rekey.service', 'utf8')
    expect(unit).to.include(`/opt/rekey/${start} serve --config /etc/rekey/config.json`)
    expect(Number(/TimeoutStopSec=(\d+)/.exec(unit)![1])).to.be.above(10)
    try {
      execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' })
    } catch {
      console.log('skipped: systemd-analyze isn’t there')
      return this.skip()
    }
    const said = execFileSync('systemd-analyze', ['verify', 'deploy/systemd/rekey.service'], {
      encoding: 'utf8',
    })
    expect(said).to.not.match(/rekey\.service:/)
  })
})
