import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'

const cache = new URL('../../node_modules/.cache/clients/', import.meta.url).pathname
export const examples = new URL('../../examples/clients/', import.meta.url).pathname

type Command = [file: string, args: string[], env: object]

/** A program of Debian's packages, which lie unpacked in a folder, with the libraries beside it. */
function unpacked(name: string, program: string, args: string[], env: object): Command | undefined {
  const root = `${cache}${name}`
  if (!existsSync(`${root}${program}`)) return undefined
  const libraries = readdirSync(`${root}/usr/lib`).filter((one) => one.endsWith('-linux-gnu'))
  const LD_LIBRARY_PATH = libraries.map((one) => `${root}/usr/lib/${one}`).join(':')
  return [`${root}${program}`, args, { LD_LIBRARY_PATH, ...env }]
}

function apache(): Command | undefined {
  const [here, run] = [`${examples}mod_auth_openidc`, `${cache}apache/run`]
  const args = ['-f', `${here}/httpd.conf`, '-DFOREGROUND', '-DDRIVEN']
  const command = unpacked('apache', '/usr/sbin/apache2', args, {
    ROOT: `${cache}apache`,
    RUN: run,
    HERE: here,
  })
  if (command !== undefined) mkdirSync(run, { recursive: true })
  return command
}

function ruby(): Command | undefined {
  const lib = `${cache}ruby/usr/lib`
  if (!existsSync(lib)) return undefined
  const native = readdirSync(lib).filter((one) => one.endsWith('-linux-gnu'))
  const paths = native.flatMap((one) => [`${one}/ruby/3.1.0`, `${one}/ruby/vendor_ruby/3.1.0`])
  const RUBYLIB = ['ruby/vendor_ruby', 'ruby/3.1.0', ...paths].map((one) => `${lib}/${one}`).join(':')
  const gems = ['share/rubygems-integration/all', 'share/rubygems-integration/3.1.0', 'lib/ruby/gems/3.1.0']
  const GEM_PATH = gems.map((one) => `${cache}ruby/usr/${one}`).join(':')
  return unpacked('ruby', '/usr/bin/ruby3.1', [`${examples}omniauth-openid-connect/main.rb`], {
    RUBYLIB,
    GEM_PATH,
  })
}

const packagesOfPhp: { [client: string]: string } = {
  jumbojett: 'jumbojett/openid-connect-php',
  'league-oauth2-client': 'league/oauth2-client',
}

function php(client: string, port: number): Command | undefined {
  const vendor = `${cache}php/vendor`
  if (!existsSync(`${vendor}/${packagesOfPhp[client]}`)) return undefined
  const extensions = `${cache}php/usr/lib/php/20220829`
  const loaded = ['curl', 'mbstring'].flatMap((one) => ['-d', `extension=${one}`])
  const sessions = `${cache}php/sessions`
  mkdirSync(sessions, { recursive: true })
  const settings = ['-d', `extension_dir=${extensions}`, '-d', `session.save_path=${sessions}`, ...loaded]
  const args = ['-n', ...settings, '-S', `localhost:${port}`]
  return unpacked('php', '/usr/bin/php8.2', [...args, `${examples}${client}/main.php`], {
    PHP_PACKAGES: vendor,
  })
}

/** Where it is installed, and what it is started by. */
const found = (needs: string, command: Command): Command | undefined =>
  existsSync(`${cache}${needs}`) ? command : undefined

const inPython: { [client: string]: string } = {
  authlib: 'authlib',
  'mozilla-django-oidc': 'mozilla_django_oidc',
  'social-auth': 'social_django',
}
const inJava = ['google-oauth-client', 'spring-security']

const python = (client: string) =>
  found(`python-packages/${inPython[client]}`, [
    'python3',
    [`${examples}${client}/main.py`],
    { PYTHONPATH: `${cache}python-packages` },
  ])

const java = (client: string) =>
  found(`java/${client}/example/Main.class`, [
    'java',
    ['-cp', `${cache}java/${client}:${cache}java/${client}/jars/*`, 'example.Main'],
    {},
  ])

function perl(): Command | undefined {
  const lib = `${cache}perl/usr/lib`
  if (!existsSync(lib)) return undefined
  const native = readdirSync(lib).filter((one) => one.endsWith('-linux-gnu'))
  const paths = native.map((one) => `${lib}/${one}/perl5/5.36`)
  const PERL5LIB = [`${cache}perl/usr/share/perl5`, ...paths].join(':')
  return ['perl', [`${examples}mojolicious-oauth2/main.pl`], { PERL5LIB }]
}

function node(client: string): Command | undefined {
  const needs = client === 'auth-js' ? '@auth/express' : client
  if (!existsSync(`${cache}node_modules/${needs}`)) return undefined
  // Packages are looked for beside the file.
  copyFileSync(`${examples}${client}/main.js`, `${cache}${client}.mjs`)
  return [process.execPath, [`${cache}${client}.mjs`], {}]
}

/** How a client is started, where it is installed. */
export function commandOf(client: string, port: number): Command | undefined {
  if (client === 'mod_auth_openidc') return apache()
  if (client === 'omniauth-openid-connect') return ruby()
  if (client === 'mojolicious-oauth2') return perl()
  if (client === 'go-oidc') return found('go/go-oidc', [`${cache}go/go-oidc`, [], {}])
  if (client in packagesOfPhp) return php(client, port)
  if (client in inPython) return python(client)
  return inJava.includes(client) ? java(client) : node(client)
}
