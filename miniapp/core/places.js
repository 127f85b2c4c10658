// How far places are from each other, which comes first on the way, and links that open a map.

const EARTH_RADIUS_M = 6371008.8;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Does somebody know where this is? Only a place with both numbers is one. */
export function hasPlace(one) {
  return Boolean(one) && typeof one.latitude === 'number' && typeof one.longitude === 'number';
}

/** Metres between two WGS-84 points, as server/policy/distance.py reckons; null where one lacks. */
export function metresBetween(one, other) {
  if (!hasPlace(one) || !hasPlace(other)) return null;
  const up = Math.sin(radians(other.latitude - one.latitude) / 2);
  const across = Math.sin(radians(other.longitude - one.longitude) / 2);
  const level = Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude));
  const half = up * up + level * across * across;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, half)));
}

/** These, the nearest to `here` first; those without a known place last, in their order. */
export function nearestFirst(places, here) {
  const far = (one) => {
    const metres = metresBetween(here, one);
    return metres === null ? Infinity : metres;
  };
  return places
    .map((one, at) => ({ one, at, metres: far(one) }))
    .sort((a, b) => (a.metres === b.metres ? a.at - b.at : a.metres - b.metres))
    .map(({ one }) => one);
}

/** A place as one types it into a map's search: 38.355900,111.940400. */
export function asText(place) {
  return place.latitude.toFixed(6) + ',' + place.longitude.toFixed(6);
}

/**
 * Links that open a map app at a place, without a net as well: [{key, href}]. Our positions are
 * WGS-84; Chinese maps are shifted by some 560 m in 静乐. 高德 and 百度 are told so and shift it
 * themselves; geo: has no word for it. `system` is android, ios, or '' where no app can be opened.
 */
export function mapLinks(place, name, system) {
  if (!system) return [];
  const { latitude, longitude } = place;
  const title = encodeURIComponent(name);
  const lat = latitude.toFixed(6);
  const lon = longitude.toFixed(6);
  const amap = (system === 'ios' ? 'iosamap' : 'androidamap') +
    '://viewMap?sourceApplication=cunzhantong&poiname=' + title +
    '&lat=' + lat + '&lon=' + lon + '&dev=1';
  const baidu = 'baidumap://map/marker?location=' + lat + ',' + lon + '&title=' + title +
    '&content=' + title + '&coord_type=wgs84&src=cunzhantong';
  const links = [{ key: 'amap', href: amap }, { key: 'baidu', href: baidu }];
  const geo = 'geo:' + lat + ',' + lon + '?q=' + lat + ',' + lon + '(' + title + ')';
  return system === 'android' ? links.concat([{ key: 'geo', href: geo }]) : links;
}
