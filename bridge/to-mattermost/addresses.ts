/** Which hosts and network addresses the bridge may fetch from: it must not be talked into calling its own network. Pure. */
import {BlockList, isIP} from 'node:net';

/** IANA's special-purpose registries: everything that is not globally reachable, plus multicast and the reserved 240.0.0.0/4. */
const PRIVATE_IPV4 = [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
] as const;

/** Inside 2000::/3, the only space handed out: Teredo and its kin, documentation, 6to4 (which can carry any IPv4 address). */
const PRIVATE_IPV6 = [
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
] as const;

/** NAT64: an IPv6-only network reaches IPv4 through it, so only those with a private IPv4 address inside are refused. */
const NAT64 = '64:ff9b::';

const refused = new BlockList();
const handedOut = new BlockList();
handedOut.addSubnet('2000::', 3, 'ipv6');
handedOut.addSubnet(NAT64, 96, 'ipv6');
for (const [network, prefix] of PRIVATE_IPV4) {
    // BlockList looks through IPv4-mapped addresses (::ffff:10.0.0.1) by itself.
    refused.addSubnet(network, prefix, 'ipv4');
    refused.addSubnet(NAT64 + network, 96 + prefix, 'ipv6');
}
for (const [network, prefix] of PRIVATE_IPV6) refused.addSubnet(network, prefix, 'ipv6');

/** Whether this IP address is on the public internet. Text that is no address is not. */
export function isPublicAddress(address: string): boolean {
    switch (isIP(address)) {
        case 4:
            return !refused.check(address, 'ipv4');
        case 6:
            return !refused.check(address, 'ipv6') && (handedOut.check(address, 'ipv6') || isMapped(address));
        default:
            return false;
    }
}

/** ::ffff:0:0/96. The list above has looked at the IPv4 address inside. */
function isMapped(address: string): boolean {
    return new URL(`http://[${address.split('%')[0] ?? ''}]/`).hostname.startsWith('[::ffff:');
}

/** Whether a list entry covers this address: same host (or a subdomain, for `*.`), same port, and http only where the entry says so. */
export function isListed(url: URL, entry: string): boolean {
    const [, scheme = '', wildcard = '', host = ''] = /^(https?:\/\/)?(\*\.)?([^/*]+)\/?$/i.exec(entry.trim()) ?? [];
    const plainAllowed = scheme.toLowerCase() === 'http://';
    if (url.protocol === 'http:' && !plainAllowed) return false;
    // Read with the scheme of the address: no port in the entry means that scheme's own port.
    const parsed = `${url.protocol}//${host}`;
    if (host === '' || !URL.canParse(parsed)) return false;
    const listed = new URL(parsed);
    if (listed.port !== url.port) return false;
    const [wanted, actual] = [withoutFinalDot(listed.hostname), withoutFinalDot(url.hostname)];
    return wildcard === '' ? actual === wanted : actual.endsWith(`.${wanted}`);
}

function withoutFinalDot(hostname: string): string {
    return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

/** The IP address an address names directly; WHATWG has already turned 0x7f.1 and 2130706433 into 127.0.0.1. */
export function literalAddress({hostname}: URL): string | null {
    const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    return isIP(bare) === 0 ? null : bare;
}
