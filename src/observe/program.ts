import { HostError, type HostReader } from '../host/host.ts';

/** Whether a file is there, without reading it: what is not a symbolic link says so (readlink(2), EINVAL). @throws HostError */
export async function isThere(reader: HostReader, path: string): Promise<boolean> {
  try {
    await reader.readLink(path);
    return true;
  } catch (error) {
    const errno = error instanceof HostError ? error.details.errno : undefined;
    if (errno === 'EINVAL') return true;
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return false;
    throw error;
  }
}
