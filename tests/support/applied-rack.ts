import { hostNames, type Rack, startRack } from './rack.ts';
import { fabricText } from './rack-fabric.ts';

/** Three hosts on real Open vSwitch, with the usual file applied. */
export async function appliedRack(): Promise<Rack> {
  const rack = await startRack();
  try {
    rack.wants(fabricText(hostNames));
    await rack.done('apply', '--yes');
    return rack;
  } catch (error) {
    await rack.stop();
    throw error;
  }
}
