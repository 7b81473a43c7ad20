#include "widgets/lesson/expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

namespace convscope {

/// An operator with one or two parts, a number (`name` empty, no parts) or a name.
struct Expression::Node {
  std::string op;  ///< "", "+", "-", "*", "/", "neg", "abs", "=", "!=", "<", "<=", ">", ">=", "and", "or"
  double number = 0;
  std::string name;
  std::shared_ptr<const Node> left;
  std::shared_ptr<const Node> right;
};

namespace {

using Node = Expression::Node;
using Tree = std::shared_ptr<const Node>;

constexpr std::array<std::string_view, 6> kComparisons{"<=", ">=", "!=", "=", "<", ">"};
constexpr int kDeepest = 60;  // brackets in brackets
// Sums and products lean to the left, one level for each term, and are followed and freed level by level.
constexpr int kMostParts = 1000;

bool isNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
}

/// For a sentence: the text, or its beginning where it is long.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 200;
  if (text.size() <= kMost) return std::string(text);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;  // not within a character
  return std::string(text.substr(0, end)) + " …";
}

/// Reads an expression from left to right; the first thing that is wrong stops it.
class Parser {
 public:
  explicit Parser(std::string_view text) : m_text(text) {}

  Result<Tree> whole() {
    Tree tree = either();
    skip();
    if (m_wrong.empty() && m_at < m_text.size())
      m_wrong = "“" + quoted(m_text.substr(m_at)) + "” does not belong there";
    if (m_wrong.empty()) return tree;
    return fail(ErrorCode::BadInput, "“" + quoted(m_text) + "” cannot be read: " + m_wrong + ".");
  }

 private:
  void skip() {
    while (m_at < m_text.size() && m_text[m_at] == ' ') ++m_at;
  }
  bool take(std::string_view what) {
    if (!m_wrong.empty()) return false;
    skip();
    if (!m_text.substr(m_at).starts_with(what)) return false;
    const std::size_t end = m_at + what.size();
    const bool word = std::isalpha(static_cast<unsigned char>(what.front())) != 0;
    if (word && end < m_text.size() && isNameCharacter(m_text[end])) return false;
    m_at = end;
    return true;
  }
  /// A new node; past kMostParts the text is wrong, which ends every loop here.
  std::shared_ptr<Node> part() {
    if (++m_parts > kMostParts) static_cast<void>(wrong("it has too many parts"));
    return std::make_shared<Node>();
  }
  Tree made(std::string op, Tree left, Tree right = nullptr) {
    auto node = part();
    node->op = std::move(op);
    node->left = std::move(left);
    node->right = std::move(right);
    return node;
  }
  Tree wrong(const std::string& what) {
    if (m_wrong.empty()) m_wrong = what;
    return std::make_shared<Node>();
  }

  Tree either() {
    Tree tree = both();
    while (take("or")) tree = made("or", tree, both());
    return tree;
  }
  Tree both() {
    Tree tree = comparison();
    while (take("and")) tree = made("and", tree, comparison());
    return tree;
  }
  Tree comparison() {
    Tree tree = sum();
    for (const std::string_view op : kComparisons) {
      if (take(op)) return made(std::string(op), tree, sum());
    }
    return tree;
  }
  Tree sum() {
    Tree tree = product();
    while (true) {
      if (take("+"))
        tree = made("+", tree, product());
      else if (take("-") || take("−"))
        tree = made("-", tree, product());
      else
        return tree;
    }
  }
  Tree product() {
    Tree tree = factor();
    while (true) {
      if (take("*") || take("×"))
        tree = made("*", tree, factor());
      else if (take("/"))
        tree = made("/", tree, factor());
      else
        return tree;
    }
  }
  Tree bracket() {
    if (++m_depth > kDeepest) return wrong("there are too many brackets in brackets");
    Tree inside = either();
    if (!take(")")) return wrong("a bracket is not closed");
    --m_depth;
    return inside;
  }
  Tree factor() {
    if (!m_wrong.empty()) return wrong({});
    if (take("-") || take("−")) {
      if (++m_depth > kDeepest) return wrong("there are too many signs");
      Tree inside = factor();
      --m_depth;
      return made("neg", inside);
    }
    if (take("(")) return bracket();
    skip();
    if (m_at == m_text.size()) return wrong("it ends too early");
    if (std::isdigit(static_cast<unsigned char>(m_text[m_at])) != 0) return number();
    std::size_t end = m_at;
    while (end < m_text.size() && isNameCharacter(m_text[end])) ++end;
    if (end == m_at) return wrong("“" + std::string(m_text.substr(m_at, 1)) + "” is no number and no name");
    const std::string name(m_text.substr(m_at, end - m_at));
    m_at = end;
    if (name == "abs" && take("(")) return made("abs", bracket());
    auto node = part();
    node->name = name;
    return node;
  }
  Tree number() {
    auto node = part();
    const char* begin = m_text.data() + m_at;
    const auto [end, problem] = std::from_chars(begin, m_text.data() + m_text.size(), node->number);
    if (problem != std::errc{}) return wrong("a number in it is too large");
    m_at += static_cast<std::size_t>(end - begin);
    return node;
  }

  std::string_view m_text;
  std::size_t m_at = 0;
  int m_depth = 0;
  int m_parts = 0;
  std::string m_wrong;
};

void collect(const Node& node, std::vector<std::string>& names) {
  if (!node.name.empty() && std::ranges::find(names, node.name) == names.end()) names.push_back(node.name);
  if (node.left) collect(*node.left, names);
  if (node.right) collect(*node.right, names);
}

/// The value of an operator with two parts; nothing for a division by 0.
std::optional<double> combined(const std::string& op, double a, double b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return b == 0 ? std::nullopt : std::optional(a / b);
  if (op == "and") return a != 0 && b != 0;
  if (op == "or") return a != 0 || b != 0;
  const bool equal = nearlyEqual(a, b);
  if (op == "=") return equal;
  if (op == "!=") return !equal;
  if (op == "<") return a < b && !equal;
  if (op == "<=") return a < b || equal;
  if (op == ">") return a > b && !equal;
  return a > b || equal;
}

}  // namespace

bool nearlyEqual(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

Result<Expression> Expression::parse(std::string_view text) {
  auto tree = Parser(text).whole();
  if (!tree) return tl::unexpected(tree.error());
  Expression expression;
  expression.m_text = text;
  expression.m_root = std::move(*tree);
  return expression;
}

Result<double> Expression::value(const Lookup& lookup) const {
  const std::function<Result<double>(const Node&)> of = [&](const Node& node) -> Result<double> {
    if (!node.name.empty()) return lookup(node.name);
    if (node.op.empty()) return node.number;
    const auto left = of(*node.left);
    if (!left) return left;
    if (node.op == "neg") return -*left;
    if (node.op == "abs") return std::abs(*left);
    const auto right = of(*node.right);
    if (!right) return right;
    const auto result = combined(node.op, *left, *right);
    if (!result) return fail(ErrorCode::BadInput, "“" + m_text + "” divides by 0.");
    return *result;
  };
  if (m_root == nullptr) return fail(ErrorCode::BadInput, "An empty expression has no value.");
  return of(*m_root);
}

Result<bool> Expression::holds(const Lookup& lookup) const {
  const auto result = value(lookup);
  if (!result) return tl::unexpected(result.error());
  return *result != 0;
}

std::vector<std::string> Expression::names() const {
  std::vector<std::string> names;
  if (m_root) collect(*m_root, names);
  return names;
}

}  // namespace convscope
