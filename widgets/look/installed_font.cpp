#include "widgets/look/installed_font.h"

#include "widgets/look/tokens.h"

#include <QDirIterator>
#include <QFile>
#include <QFontDatabase>
#include <QStandardPaths>
#include <QtEndian>

#include <optional>
#include <set>

namespace convscope {

namespace {

/// Big-endian numbers of an OpenType file; a read or write past the end is counted, not done.
class FontData {
 public:
  explicit FontData(QByteArray data) : m_data(std::move(data)) {}

  [[nodiscard]] int u16(qsizetype at) {
    if (!inside(at, 2)) return 0;
    return qFromBigEndian<quint16>(m_data.constData() + at);
  }
  [[nodiscard]] qsizetype u32(qsizetype at) {
    if (!inside(at, 4)) return 0;
    return qFromBigEndian<quint32>(m_data.constData() + at);
  }
  void setU16(qsizetype at, int value) {
    if (inside(at, 2)) qToBigEndian<quint16>(static_cast<quint16>(value), m_data.data() + at);
  }
  void setTag(qsizetype at, const char* tag) {
    if (inside(at, 4)) m_data.replace(at, 4, tag);
  }
  [[nodiscard]] bool hasTag(qsizetype at, const char* tag) {
    return inside(at, 4) && m_data.mid(at, 4) == tag;
  }
  void replace(qsizetype at, qsizetype length, const QByteArray& from, const QByteArray& to) {
    if (!inside(at, length)) return;
    QByteArray part = m_data.mid(at, length);
    part.replace(from, to);  // of the same length
    m_data.replace(at, length, part);
  }
  [[nodiscard]] bool good() const { return m_good; }
  [[nodiscard]] const QByteArray& data() const { return m_data; }

 private:
  bool inside(qsizetype at, qsizetype length) {
    if (at >= 0 && length >= 0 && at + length <= m_data.size()) return true;
    m_good = false;
    return false;
  }
  QByteArray m_data;
  bool m_good = true;
};

struct Table {
  qsizetype offset = 0;
  qsizetype length = 0;
};

std::optional<Table> tableOf(FontData& font, const char* tag) {
  const int count = font.u16(4);
  for (int i = 0; i < count; ++i) {
    const qsizetype record = 12 + 16 * i;
    if (font.hasTag(record, tag)) return Table{font.u32(record + 8), font.u32(record + 12)};
  }
  return std::nullopt;
}

/// Glyphs of the digits 0 … 9 after a format 4 character map; empty if there is none.
std::set<int> digitGlyphs(FontData& font) {
  const auto cmap = tableOf(font, "cmap");
  if (!cmap) return {};
  const int maps = font.u16(cmap->offset + 2);
  for (int i = 0; i < maps; ++i) {
    const qsizetype map = cmap->offset + font.u32(cmap->offset + 4 + 8 * i + 4);
    if (font.u16(map) != 4) continue;
    const int segments = font.u16(map + 6) / 2;
    for (int s = 0; s < segments; ++s) {
      const qsizetype ends = map + 14 + 2 * s;
      const qsizetype starts = ends + 2 * segments + 2;
      const int start = font.u16(starts);
      if (font.u16(ends) < '9' || start > '0') continue;
      const int delta = font.u16(starts + 2 * segments);
      const qsizetype rangeAt = starts + 4 * segments;
      const int range = font.u16(rangeAt);
      std::set<int> glyphs;
      for (int digit = '0'; digit <= '9'; ++digit) {
        const int glyph = range == 0 ? digit : font.u16(rangeAt + range + 2 * (digit - start));
        glyphs.insert((glyph + delta) & 0xFFFF);
      }
      return glyphs;
    }
  }
  return {};
}

std::vector<int> coveredGlyphs(FontData& font, qsizetype coverage) {
  std::vector<int> glyphs;
  const int count = font.u16(coverage + 2);
  for (int i = 0; i < count; ++i) {
    if (font.u16(coverage) == 1) {
      glyphs.push_back(font.u16(coverage + 4 + 2 * i));
    } else {
      const qsizetype range = coverage + 4 + 6 * i;
      for (int glyph = font.u16(range); glyph <= font.u16(range + 2) && font.good(); ++glyph)
        glyphs.push_back(glyph);
    }
  }
  return glyphs;
}

/// Makes one lookup of single substitutions leave every glyph but the digits as it is.
bool restrictLookup(FontData& font, qsizetype lookup, const std::set<int>& digits) {
  const int type = font.u16(lookup);
  const int subtables = font.u16(lookup + 4);
  for (int s = 0; s < subtables; ++s) {
    qsizetype table = lookup + font.u16(lookup + 6 + 2 * s);
    if (type == 7) table += font.u32(table + 4);  // an extension: the table lies elsewhere
    if (font.u16(table) != 2) return false;
    const std::vector<int> glyphs = coveredGlyphs(font, table + font.u16(table + 2));
    for (std::size_t i = 0; i < glyphs.size(); ++i)
      if (!digits.contains(glyphs[i])) font.setU16(table + 6 + 2 * static_cast<qsizetype>(i), glyphs[i]);
  }
  return subtables > 0;
}

/// Renames the feature "tnum" to "rclt", which every text shaper applies unasked.
bool switchOnTabularFigures(FontData& font) {
  const auto gsub = tableOf(font, "GSUB");
  const std::set<int> digits = digitGlyphs(font);
  if (!gsub || digits.size() != 10) return false;
  const qsizetype features = gsub->offset + font.u16(gsub->offset + 6);
  const qsizetype lookups = gsub->offset + font.u16(gsub->offset + 8);
  bool found = false;
  for (int i = 0; i < font.u16(features); ++i) {
    const qsizetype record = features + 2 + 6 * i;
    if (font.hasTag(record, "rclt")) return false;
    if (!font.hasTag(record, "tnum")) continue;
    const qsizetype feature = features + font.u16(record + 4);
    for (int k = 0; k < font.u16(feature + 2); ++k)
      if (!restrictLookup(font, lookups + font.u16(lookups + 2 + 2 * font.u16(feature + 4 + 2 * k)), digits))
        return false;
    font.setTag(record, "rclt");
    found = true;
  }
  return found;
}

QByteArray utf16(const char* text) {
  QByteArray wide;
  for (const char* at = text; *at != 0; ++at) wide.append('\0').append(*at);
  return wide;
}

QString fontFile(const QString& name) {
  for (const QString& folder : QStandardPaths::standardLocations(QStandardPaths::FontsLocation)) {
    QDirIterator files(folder, {name + QStringLiteral(".otf"), name + QStringLiteral(".ttf")}, QDir::Files,
                       QDirIterator::Subdirectories | QDirIterator::FollowSymlinks);
    if (files.hasNext()) return files.next();
  }
  return {};
}

bool loadTabularInter() {
  bool loaded = false;
  for (const char* name : {"Inter-Light", "Inter-Regular", "Inter-Medium", "Inter-SemiBold", "Inter-Bold"}) {
    QFile file(fontFile(QLatin1String(name)));
    if (file.fileName().isEmpty() || !file.open(QIODevice::ReadOnly)) continue;
    const QByteArray font = withTabularDigits(file.readAll());
    if (font.isEmpty() || QFontDatabase::addApplicationFontFromData(font) < 0) continue;
    loaded = loaded || qstrcmp(name, "Inter-Regular") == 0;
  }
  return loaded;
}

}  // namespace

QByteArray withTabularDigits(QByteArray data) {
  FontData font(std::move(data));
  const auto names = tableOf(font, "name");
  if (!names || !switchOnTabularFigures(font)) return {};
  static_assert(sizeof(kTabularFamily) == sizeof("Inter"), "the name is replaced in place");
  font.replace(names->offset, names->length, utf16("Inter"), utf16(kTabularFamily));
  font.replace(names->offset, names->length, "Inter", kTabularFamily);
  return font.good() ? font.data() : QByteArray();
}

QStringList lookFamilies() {
  static const QStringList families = [] {
    QStringList list;
    if (loadTabularInter()) list << QLatin1String(kTabularFamily);
    for (const auto& family : lookTokens().at("type").at("family"))
      list << QString::fromStdString(family.get<std::string>());
    return list;
  }();
  return families;
}

}  // namespace convscope
