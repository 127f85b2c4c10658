// What the check-in says: at the plate, of a plate that this phone does not know, and afterwards.

export const CHECK_IN_WORDS = {
  notThisPlate: '这不是站点牌子上的码。请对准门口牌子上的方块码。',
  noPosition: '这次没记到位置，不要紧。',
  numberIsAt: (prefix) => '编号写在门口的牌子上，' + prefix + ' 后面有四位数字。',
  notLike: '这块牌子不像是 ',
  notOf: (code) => '（' + code + '）的。',
  perhapsNew:
    '要是刚换的新牌子，可以照交，对上了才算签到。要是扫错了，请回到自己站的牌子再扫。',
  newPlate: '是新牌子，照交',
  waitsForTownship: '记下了，等镇上看',
  countsWhenKnown: '现在还不算签到。交上去对上了，是您站的牌子，才算。',
  notKnown: '这块牌子没对上，今天的签到还没有。镇上看得到这件事，也请打电话说一声。',
  itIsYours: '对上了，是您站的牌子。',
};
