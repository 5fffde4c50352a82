import * as z from 'zod/mini';
import { asPciAddress } from '../model/names.ts';

const pci = z.string().check(z.refine((text) => asPciAddress(text) === text, 'no PCI address'));
const count = z.number().check(z.int(), z.nonnegative());

const lookup = z.lazy(() =>
  z.union([
    z.strictObject({ netdev: z.strictObject({ pf: pci, vf: z.optional(count) }) }),
    z.strictObject({ vf: z.strictObject({ pf: pci, index: count }) }),
    z.strictObject({ iommuGroup: text }),
    z.strictObject({ rdma: pci }),
    z.strictObject({ libvirtAddress: text }),
    z.strictObject({ netdevOf: text }),
  ]),
);
const text: z.ZodMiniType = z.lazy(() => z.union([z.string(), z.array(z.union([z.string(), lookup]))]));
const argv = z.array(text).check(z.minLength(1));

const probe = z.union([
  z.strictObject({ read: text, is: z.string() }),
  z.strictObject({ read: text, has: z.string() }),
  z.strictObject({ link: text, is: z.string() }),
  z.strictObject({ query: argv, at: z.array(z.string()), is: z.json() }),
  z.strictObject({ says: argv, is: z.string() }),
  z.strictObject({ unused: lookup }),
]);

const action = z.union([
  z.strictObject({
    run: argv,
    stdin: z.optional(text),
    fails: z.optional(z.string()),
    timeoutMs: z.optional(count),
  }),
  z.strictObject({ write: text, text, secret: z.optional(z.literal(true)) }),
]);

const place = { resource: z.string(), at: z.string() };
const change = z.strictObject({
  ...place,
  from: z.json(),
  to: z.json(),
  was: z.optional(z.null()),
  adopts: z.optional(z.literal(true)),
  unheld: z.optional(z.literal(true)),
});

const step = z.strictObject({
  ...place,
  why: z.string(),
  for: z.array(z.string()),
  disrupts: z.array(z.string()),
  guard: z.array(probe),
  actions: z.array(action),
  undo: z.array(action),
  undoGuard: z.optional(z.array(probe)),
  settle: z.strictObject({ all: z.array(probe), show: z.array(probe), timeoutMs: count }),
  changes: z.array(change),
});

const plan = z.strictObject({
  host: z.string(),
  basis: z.string(),
  steps: z.array(step),
  allocation: z.record(z.string(), count),
  leaves: z.optional(z.array(z.string())),
  keeps: z.optional(z.array(z.strictObject({ ...place, value: z.json() }))),
  left: z.optional(z.array(z.strictObject(place))),
});

const finding = z.looseObject({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  hint: z.string(),
  where: z.looseObject({ host: z.optional(z.string()), at: z.optional(z.string()) }),
});

const file = z.looseObject({
  schema: z.literal('vflane.plan/1'),
  hosts: z.array(plan),
  findings: z.array(finding),
});

/** Where a parsed text is no plan: `hosts.0.steps.3.settle`; undefined if it is one, all of it, so that none ends half way. */
export function wrongInPlan(value: unknown): string | undefined {
  const { error } = z.safeParse(file, value);
  return error?.issues.map(({ path }) => path.join('.') || 'the whole')[0];
}
