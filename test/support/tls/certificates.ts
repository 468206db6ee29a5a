/** Certificates for tests, as they stand beside this file (make.sh says how they were made), and trust in the authority of the good ones. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {getCACertificates, setDefaultCACertificates} from 'node:tls';

export type CertificateName = 'good' | 'expired' | 'other-name' | 'unknown-authority' | 'self-signed';

export const pemFile = (name: CertificateName | 'authority'): string => join(import.meta.dirname, `${name}.pem`);

export const certificate = (name: CertificateName) => ({
    cert: readFileSync(pemFile(name)),
    key: readFileSync(join(import.meta.dirname, `${name}.key.pem`)),
});

/** What NODE_EXTRA_CA_CERTS does at the start, for this process. @returns takes it back */
export function trustAuthority(): () => void {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, readFileSync(pemFile('authority'), 'utf8')]);
    return () => setDefaultCACertificates(before);
}
