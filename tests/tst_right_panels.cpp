#include "tests/kernel_view_fixture.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/cost_panel.h"
#include "widgets/panels/ledger_grid.h"
#include "widgets/panels/ledger_panel.h"
#include "widgets/panels/reach_grid.h"
#include "widgets/panels/shortcut_sheet.h"

#include <QAction>
#include <QClipboard>
#include <QToolButton>

#include <cmath>

using namespace convscope;

class TestRightPanels : public QObject {
  Q_OBJECT

 private slots:
  void ledgerAddsUpToTheMap_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<PaddingMode>("padding");
    QTest::addColumn<PaddingValue>("value");
    QTest::addColumn<float>("bias");
    QTest::addColumn<Activation>("activation");
    QTest::addRow("plain") << Triple{3, 3, 3} << PaddingMode::Valid << PaddingValue::Zero << 0.F
                           << Activation::None;
    QTest::addRow("bias") << Triple{3, 3, 3} << PaddingMode::Valid << PaddingValue::Zero << .25F
                          << Activation::None;
    QTest::addRow("ReLU") << Triple{2, 3, 5} << PaddingMode::Same << PaddingValue::Zero << -.1F
                          << Activation::Relu;
    QTest::addRow("square") << Triple{1, 5, 3} << PaddingMode::Full << PaddingValue::Replicate << .1F
                            << Activation::Square;
    QTest::addRow("absolute") << Triple{3, 1, 1} << PaddingMode::Causal << PaddingValue::Zero << 0.F
                              << Activation::Absolute;
    QTest::addRow("folded") << Triple{7, 5, 5} << PaddingMode::Valid << PaddingValue::Zero << 0.F
                            << Activation::None;
  }
  void ledgerAddsUpToTheMap() {
    QFETCH(Triple, kernel);
    QFETCH(PaddingMode, padding);
    QFETCH(PaddingValue, value);
    QFETCH(float, bias);
    QFETCH(Activation, activation);
    KernelStudy study = smallStudy(kernel);
    study.conv.padding = padding;
    study.conv.paddingValue = value;
    study.conv.activation = activation;
    study.bank.front().bias = bias;
    KernelView view = viewOf(stateOf(study));
    QVERIFY2(view.result != nullptr, qPrintable(view.problem));
    LedgerPanel panel;
    const Shape out = view.result->geometry.output;
    for (const Triple voxel : {Triple{0, 0, 0}, Triple{out.length - 1, out.height / 2, out.width - 1}}) {
      view.state.selection.voxel = voxel;
      panel.present(view);
      QVERIFY(panel.ledger() != nullptr);
      const float shown = view.result->valueAt(0, voxel);
      QVERIFY2(std::abs(panel.ledger()->value - shown) < 1e-4 * (1 + std::abs(shown)),
               qPrintable(QStringLiteral("%1 against %2").arg(panel.ledger()->value).arg(shown)));
    }
  }

  void factNamesTheVoxelCountedFromOne() {
    LedgerPanel panel;
    QSignalSpy changed(&panel, &LedgerPanel::factChanged);
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.selection.voxel = {2, 16, 12};
    panel.present(view);
    QVERIFY(panel.fact().contains(QStringLiteral("t=(3,4,5) y=17 x=13")));
    QVERIFY(panel.fact().contains(lookTheme(view.state.look).voxel.name()));
    QCOMPARE(changed.count(), 1);
    panel.present(view);
    QCOMPARE(changed.count(), 1);
    QVERIFY(panel.accessibleDescription().contains(signedText(panel.ledger()->value, 3)));
  }

  void foldsWhereCellsAreTooManyOrTooSmall_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<int>("channels");
    QTest::addColumn<QSizeF>("size");
    QTest::addColumn<bool>("folded");
    QTest::addRow("81 products") << Triple{3, 3, 3} << 3 << QSizeF(376, 294) << false;
    QTest::addRow("108 products, high") << Triple{4, 3, 3} << 3 << QSizeF(376, 420) << false;
    QTest::addRow("108 products, low") << Triple{4, 3, 3} << 3 << QSizeF(376, 260) << true;
    QTest::addRow("135 products, high") << Triple{5, 3, 3} << 3 << QSizeF(376, 900) << true;
    QTest::addRow("narrow") << Triple{3, 3, 3} << 3 << QSizeF(320, 420) << false;
    QTest::addRow("too narrow") << Triple{3, 3, 3} << 3 << QSizeF(290, 294) << true;
    QTest::addRow("grey 5 by 5") << Triple{3, 5, 5} << 1 << QSizeF(376, 330) << false;
    QTest::addRow("seven frames") << Triple{7, 3, 3} << 3 << QSizeF(376, 294) << true;
  }
  void foldsWhereCellsAreTooManyOrTooSmall() {
    QFETCH(Triple, kernel);
    QFETCH(int, channels);
    QFETCH(QSizeF, size);
    QFETCH(bool, folded);
    LedgerSetting setting;
    setting.size = size;
    setting.kernel = kernel;
    setting.channels = channels;
    const LedgerLayout lay = ledgerLayout(setting);
    QCOMPARE(lay.mode != LedgerLayout::Mode::Products, folded);
    // nothing lies on anything else, and the foot is inside
    QVERIFY(lay.foot + lay.footHeight <= size.height() + 1);
    for (int t = lay.firstRow; t < lay.firstRow + lay.rows; ++t)
      for (int c = 0; c < channels; ++c) {
        QVERIFY(lay.block(t, c).bottom() <= lay.foot);
        QVERIFY(lay.block(t, c).right() <= lay.right + .01);
        if (c > 0) QVERIFY(lay.block(t, c).left() > lay.block(t, c - 1).right());
        if (t > lay.firstRow) QVERIFY(lay.block(t, c).top() >= lay.block(t - 1, c).bottom());
      }
  }

  // A kernel of one frame leaves room to show what is multiplied; where there is none, the products alone.
  void oneFrameShowsInputsAndWeights_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<int>("channels");
    QTest::addColumn<QSizeF>("size");
    QTest::addColumn<bool>("shown");
    QTest::addRow("grey still") << Triple{1, 3, 3} << 1 << QSizeF(376, 480) << true;
    QTest::addRow("colour still") << Triple{1, 3, 3} << 3 << QSizeF(376, 480) << true;
    QTest::addRow("beside scores") << Triple{1, 3, 3} << 3 << QSizeF(376, 294) << true;
    QTest::addRow("five rows, low") << Triple{1, 5, 5} << 1 << QSizeF(376, 294) << false;
    QTest::addRow("two frames") << Triple{2, 3, 3} << 1 << QSizeF(376, 480) << false;
  }
  void oneFrameShowsInputsAndWeights() {
    QFETCH(Triple, kernel);
    QFETCH(int, channels);
    QFETCH(QSizeF, size);
    QFETCH(bool, shown);
    LedgerSetting setting;
    setting.size = size;
    setting.kernel = kernel;
    setting.channels = channels;
    setting.labelWidth = 40;
    const LedgerLayout lay = ledgerLayout(setting);
    QVERIFY(lay.mode == LedgerLayout::Mode::Products);
    QCOMPARE(lay.factorPitch > 0, shown);
    QVERIFY(lay.foot + lay.footHeight <= size.height() + 1);
    if (!shown) {
      QVERIFY(lay.factorBlock(1, 0, 0).isEmpty());
      return;
    }
    for (int c = 0; c < channels; ++c) {
      const QRectF input = lay.factorBlock(2, 0, c), weight = lay.factorBlock(1, 0, c);
      QVERIFY(input.top() >= lay.top && input.bottom() < weight.top());
      QVERIFY(weight.bottom() < lay.block(0, c).top() && lay.block(0, c).bottom() <= lay.foot);
      QCOMPARE(lay.onProducts(input.center()), lay.block(0, c).center());
      QCOMPARE(lay.onProducts(weight.center()), lay.block(0, c).center());
    }
    QCOMPARE(lay.onProducts({1, 1}), QPointF(1, 1));
  }

  void pointingAtAnInputNamesItsWeight() {
    LedgerPanel panel;
    panel.resize(376, 480);
    QSignalSpy hovered(&panel, &LedgerPanel::hovered);
    KernelStudy study = smallStudy();
    study.conv.kernel.t = 1;
    study.bank = {randomFilter({1, 3, 3}, 3, 5)};
    panel.present(viewOf(stateOf(study)));
    const LedgerLayout lay = panel.grid()->layoutNow();
    for (const int above : {1, 2}) {
      pointAt(panel.grid(), {5, 470});
      pointAt(panel.grid(), lay.factorCell(above, 0, 2, 2, 0).center());
      QCOMPARE(hovered.last().at(0).value<Hover>(), (Hover{Hover::Kind::Weight, {0, 2, 0}, 2}));
    }
  }

  void cellsHaveTheirDecimalsInCommon_data() {
    QTest::addColumn<double>("largest");
    QTest::addColumn<int>("most");  // characters for which there is room
    QTest::addColumn<int>("decimals");
    QTest::addColumn<QString>("text");
    QTest::addRow("usual") << .74 << 9 << 2 << "−.74";
    QTest::addRow("one and more") << 1.1 << 9 << 2 << "−1.10";
    QTest::addRow("small") << .0167 << 9 << 2 << "−.02";
    QTest::addRow("smaller than two decimals show") << .00167 << 9 << 5 << "−.00167";
    QTest::addRow("so small, as the width allows") << .00167 << 5 << 3 << "−.002";
    QTest::addRow("large in a narrow cell") << 12.34 << 5 << 1 << "−12.3";
    QTest::addRow("nothing") << 0.0 << 9 << 2 << ".00";
  }
  void cellsHaveTheirDecimalsInCommon() {
    QFETCH(double, largest);
    QFETCH(int, most);
    QFETCH(int, decimals);
    QFETCH(QString, text);
    QCOMPARE(productDecimals(largest, [&](const QString& shown) { return shown.size() <= most; }), decimals);
    QCOMPARE(productText(-largest, decimals), text);
  }

  void sumsAddUpAsTheyAreWrittenOrItIsSaid() {
    // +0.510 − 0.010 is not +0.501
    Ledger ledger;
    ledger.kernel = {2, 1, 1};
    ledger.channels = 1;
    ledger.frameSums = ledger.frameChannelSums = {.5104, -.0098};
    ledger.channelSums = {.5006};
    ledger.sum = ledger.value = .5006;
    QVERIFY(!sumsAddUp(ledger, Activation::None, false));
    ledger.frameSums = ledger.frameChannelSums = {.5104, -.0094};
    QVERIFY(sumsAddUp(ledger, Activation::None, false));
    ledger.bias = .25;
    QVERIFY(!sumsAddUp(ledger, Activation::None, false));
    ledger.value = .7506;
    QVERIFY(sumsAddUp(ledger, Activation::None, false));
    ledger.value = 0;
    ledger.bias = -.6;
    QVERIFY(sumsAddUp(ledger, Activation::Relu, false));
  }

  void whatTheLedgerShowsAddsUpOrSaysThatItIsRounded() {
    for (const Triple kernel : {Triple{2, 3, 3}, Triple{3, 3, 3}, Triple{4, 3, 3}}) {
      KernelView view = viewOf(stateOf(smallStudy(kernel, kernel.t != 3)));
      LedgerPanel panel;
      panel.resize(376, 460);
      for (int x = 0; x < 20; ++x) {
        view.state.selection.voxel = {1, 4, x};
        panel.present(view);
        const LedgerDigits digits = panel.grid()->digitsNow();
        QCOMPARE(sumsAddUp(*panel.ledger(), Activation::None, kernel.t == 3), !digits.rounded);
        QVERIFY(digits.cells >= 2);  // there is room for that in every cell of this size
        QVERIFY(!panel.grab().isNull());
      }
    }
  }

  void clickOnASumOpensItsProducts() {
    LedgerPanel panel;
    panel.resize(376, 294);
    panel.present(viewOf(stateOf(smallStudy({7, 3, 3}))));
    QVERIFY(panel.folded());
    LedgerGrid* grid = panel.grid();
    QTest::mouseClick(grid, Qt::LeftButton, {}, grid->layoutNow().block(2, 1).center().toPoint());
    QCOMPARE(grid->opened(), (LedgerBlock{2, 1}));
    const LedgerCell* cell = grid->productAt(grid->layoutNow().cell(2, 1, 0, 2).center());
    QVERIFY(cell != nullptr);
    QCOMPARE(cell->tap, (Triple{2, 0, 2}));
    QCOMPARE(cell->channel, 1);
    QTest::keyClick(grid, Qt::Key_Escape);
    QVERIFY(!grid->opened());
  }

  void keysWalkTheSums() {
    LedgerPanel panel;
    panel.resize(376, 150);
    panel.present(viewOf(stateOf(smallStudy({7, 5, 5}))));
    LedgerGrid* grid = panel.grid();
    QVERIFY(grid->layoutNow().rows < 7);  // not all frames fit: the last must come into sight
    QTest::keyClick(grid, Qt::Key_Down);
    for (int i = 0; i < 9; ++i) QTest::keyClick(grid, Qt::Key_Down);
    QTest::keyClick(grid, Qt::Key_Right);
    QVERIFY(!grid->layoutNow().block(6, 1).isEmpty());
    QTest::keyClick(grid, Qt::Key_Return);
    QCOMPARE(grid->opened(), (LedgerBlock{6, 1}));
  }

  void pointingAtAProductNamesItsWeight() {
    LedgerPanel panel;
    panel.resize(376, 294);
    QSignalSpy hovered(&panel, &LedgerPanel::hovered);
    panel.present(viewOf(stateOf(smallStudy())));
    pointAt(panel.grid(), panel.grid()->layoutNow().cell(1, 2, 2, 0).center());
    QCOMPARE(hovered.last().at(0).value<Hover>(), (Hover{Hover::Kind::Weight, {1, 2, 0}, 2}));
    pointAt(panel.grid(), {5, 290});
    QCOMPARE(hovered.last().at(0).value<Hover>(), Hover{});
  }

  void doubleClickOnAProductAsksWhatItsInputFeeds() {
    LedgerPanel panel;
    panel.resize(376, 294);
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.selection.voxel = {1, 4, 5};
    panel.present(view);
    QSignalSpy edits(&panel, &LedgerPanel::editRequested);
    LedgerGrid* grid = panel.grid();
    QTest::mouseDClick(grid, Qt::LeftButton, {}, grid->layoutNow().cell(2, 1, 0, 1).center().toPoint());
    AppState wanted = view.state;
    wanted.selection.input = InputPoint{{3, 4, 6}, 1};
    QCOMPARE(edits.count(), 1);
    QVERIFY(edited(view.state, edits) == wanted);
    QVERIFY(!edits.last().at(0).value<StateEdit>().undoable);
  }

  void clickOnAChannelShowsItsWeights() {
    LedgerPanel panel;
    panel.resize(376, 294);
    const KernelView view = viewOf(stateOf(smallStudy()));
    panel.present(view);
    QSignalSpy edits(&panel, &LedgerPanel::editRequested);
    const LedgerLayout lay = panel.grid()->layoutNow();
    QTest::mouseClick(panel.grid(), Qt::LeftButton, {},
                      QPoint(static_cast<int>(lay.block(0, 2).center().x()), 12));
    AppState wanted = view.state;
    wanted.selection.weightChannel = 2;
    QCOMPARE(edits.count(), 1);
    QVERIFY(edited(view.state, edits) == wanted);
  }

  void reachWeightsAreThoseOfTheLedgers_data() {
    QTest::addColumn<bool>("flipped");
    QTest::addColumn<PaddingMode>("padding");
    QTest::addRow("applied as is") << false << PaddingMode::Valid;
    QTest::addRow("flipped") << true << PaddingMode::Valid;
    QTest::addRow("same padding") << false << PaddingMode::Same;
  }
  void reachWeightsAreThoseOfTheLedgers() {
    QFETCH(bool, flipped);
    QFETCH(PaddingMode, padding);
    KernelStudy study = smallStudy({3, 3, 2});
    study.conv.stride = {1, 2, 1};
    study.conv.flipped = flipped;
    study.conv.padding = padding;
    KernelView view = viewOf(stateOf(study));
    view.state.selection.input = InputPoint{{3, 6, 7}, 1};
    LedgerPanel panel;
    panel.resize(376, 294);
    panel.present(view);
    QVERIFY(panel.showsReach());
    QVERIFY(panel.fact().contains(QStringLiteral("t=4 y=7 x=8 G")));
    const Reach reach = reachOf(study.conv, view.result->geometry, {3, 6, 7});
    QCOMPARE(panel.reach()->fedCount(), reach.count());
    QVERIFY(reach.count() >= 6);
    for (std::size_t t = 0; t < reach.along[0].size(); ++t)
      for (std::size_t y = 0; y < reach.along[1].size(); ++y)
        for (std::size_t x = 0; x < reach.along[2].size(); ++x) {
          const Triple output{reach.along[0][t].output, reach.along[1][y].output, reach.along[2][x].output};
          const auto ledger = ledgerOf(view.result->clip->pixels, study.conv, study.bank, 0, output);
          QVERIFY(ledger.has_value());
          int found = 0;
          for (const LedgerCell& cell : ledger->cells) {
            if (cell.channel != 1 || cell.inPadding || cell.source != Triple{3, 6, 7}) continue;
            ++found;
            QCOMPARE(panel.reach()->weightAt(static_cast<int>(t), static_cast<int>(y), static_cast<int>(x)),
                     cell.weight);
          }
          QCOMPARE(found, 1);
        }
  }

  void clickOnAFedOutputMovesTheKernelAlone() {
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.selection.input = InputPoint{{3, 6, 7}, 0};
    LedgerPanel panel;
    panel.resize(376, 294);
    panel.present(view);
    QSignalSpy edits(&panel, &LedgerPanel::editRequested);
    QTest::mouseClick(panel.reach(), Qt::LeftButton, {}, panel.reach()->cellOf(2, 0, 1).center().toPoint());
    AppState wanted = view.state;
    wanted.selection.voxel = {3, 4, 6};
    QCOMPARE(edits.count(), 1);
    QVERIFY(edited(view.state, edits) == wanted);

    QTest::keyClick(panel.reach(), Qt::Key_Escape);
    wanted = view.state;
    wanted.selection.input.reset();
    QCOMPARE(edits.count(), 2);
    QVERIFY(edited(view.state, edits) == wanted);
  }

  void copiesWhatIsShown() {
    LedgerPanel panel;
    const KernelView view = viewOf(stateOf(smallStudy()));
    panel.present(view);
    QCOMPARE(panel.copyActions().size(), 3);
    panel.copyActions().at(0)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text().toStdString(),
             ledgerText(*panel.ledger(), view.result->spec.conv));
    panel.copyActions().at(1)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')),
             82);  // a header and a line a product
    panel.copyActions().at(2)->trigger();
    QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("nn.Conv3d(")));
  }

  void costPutsTheNumbersIntoTheFormula() {
    CostPanel panel;
    panel.present(viewOf(stateOf(smallStudy())));
    const QString all = panel.lines().join(QLatin1Char('\n'));
    QVERIFY(all.contains(QStringLiteral("L′ = ⌊(8 + 0 − 1·(3−1) − 1) / 1⌋ + 1 = 6")));
    QVERIFY(all.contains(QStringLiteral("W′ = ⌊(24 + 0 − 1·(3−1) − 1) / 1⌋ + 1 = 22")));
    QVERIFY(all.contains(QStringLiteral("weights 81")));
    QVERIFY(all.contains(countText(6 * 18 * 22 * 81)));
    QVERIFY(all.contains(QStringLiteral("slides along t, h, w\nmixes t, h, w and sums 3 channels")));
    QVERIFY(all.contains(QStringLiteral("field 3 × 3 × 3 0.120 s")));  // three frames at 25 a second
    QVERIFY(!all.contains(QStringLiteral("unused")));
  }

  void costSaysInWordsWhatSlidesAndWhatIsSummed_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<bool>("grey");
    QTest::addColumn<QString>("words");
    QTest::addRow("of one frame") << Triple{1, 3, 3} << false
                                  << "along t, h, w\nmixes h, w and sums 3 channels\n";
    QTest::addRow("as long as the clip") << Triple{8, 3, 3} << true << "along h, w\nmixes t, h, w\n";
    QTest::addRow("as large as the clip") << Triple{8, 20, 24} << true << "slides nowhere\nmixes t, h, w\n";
    QTest::addRow("one cell") << Triple{1, 1, 1} << false << "along t, h, w\nonly sums 3 channels\n";
    QTest::addRow("one cell, grey") << Triple{1, 1, 1} << true << "along t, h, w\nmixes nothing\n";
  }
  void costSaysInWordsWhatSlidesAndWhatIsSummed() {
    QFETCH(Triple, kernel);
    QFETCH(bool, grey);
    QFETCH(QString, words);
    CostPanel panel;
    panel.present(viewOf(stateOf(smallStudy(kernel, grey))));
    const QString all = panel.lines().join(QLatin1Char('\n'));
    QVERIFY2(all.contains(words), qPrintable(all));
  }

  void costShowsTheFastestRunOfASettingNotTheFirstOfAll() {
    const KernelView view = viewOf(stateOf(smallStudy()));
    const auto timed = [&](double ms) {
      KernelResult result;
      result.spec = view.result->spec;
      result.clip = view.result->clip;
      result.geometry = view.result->geometry;
      result.convolveMs = ms;
      KernelView other = view;
      other.holder = std::make_shared<const StudyResult>(std::move(result));
      other.result = &std::get<KernelResult>(*other.holder);
      return other;
    };
    CostPanel panel;
    const auto shown = [&] { return panel.lines().filter(QStringLiteral("engine ")).join(QString()); };
    panel.present(timed(13.3));
    QCOMPARE(shown(), QString());  // caches were cold
    panel.present(timed(4));
    QCOMPARE(shown(), QStringLiteral("engine 4.0 ms"));
    panel.present(timed(9));
    QCOMPARE(shown(), QStringLiteral("engine 4.0 ms"));
    panel.present(timed(3));
    QCOMPARE(shown(), QStringLiteral("engine 3.0 ms"));
  }

  void costIsSilentWhereTheClipIsTheProblem() {
    KernelView view = viewOf(stateOf(smallStudy()));
    CostPanel panel;
    panel.present(view);
    const QStringList good = panel.lines();
    view.state.kernel().conv.kernel.t = 13;  // fits no clip that is known
    view.state.kernel().clip.source = FileSource{"broken.mp4"};
    view.stale = true;
    view.problem = QStringLiteral("broken.mp4 holds text, not a video, an image or a .npy array.");
    panel.present(view);
    QCOMPARE(panel.lines(), good);
    view.result = nullptr;
    view.holder.reset();
    panel.present(view);
    QCOMPARE(panel.lines(), QStringList());
  }

  void costSaysWhatIsUnused() {
    KernelStudy study = smallStudy({3, 3, 3});
    study.conv.stride = {2, 2, 4};
    CostPanel panel;
    panel.present(viewOf(stateOf(study)));
    const QString all = panel.lines().join(QLatin1Char('\n'));
    QVERIFY2(all.contains(QStringLiteral("last frame unused")), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("last row unused")), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("last column unused")), qPrintable(all));
  }

  /// The sentence stands at the kernel's size; the cost keeps the numbers of the maps in sight.
  void costOfAKernelThatDoesNotFitIsThatOfTheMapsInSight() {
    KernelView view = viewOf(stateOf(smallStudy()));
    CostPanel panel;
    panel.present(view);
    const QStringList before = panel.lines();
    view.state.kernel().conv.kernel.t = 9;
    view.state.kernel().bank = {randomFilter({9, 3, 3}, 3, 1)};
    view.stale = true;
    view.problem = QStringLiteral("The kernel needs 9 frames in time but the clip has 8 and no padding.");
    panel.present(view);
    QCOMPARE(panel.lines().mid(0, 3), before.mid(0, 3));
    QVERIFY(!panel.lines().join(QLatin1Char(' ')).contains(QStringLiteral("needs 9")));
  }

  void costAnswersBeforeTheMapsAreThere() {
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.kernel().conv.stride.t = 3;
    view.stale = true;
    CostPanel panel;
    panel.present(view);
    const QString all = panel.lines().join(QLatin1Char('\n'));
    QVERIFY(all.contains(QStringLiteral("/ 3⌋ + 1 = 2")));
    QVERIFY(!all.contains(QStringLiteral("engine ")));  // that time belongs to the old maps
  }

  void everythingHasANameForScreenReaders() {
    LedgerPanel ledger;
    CostPanel cost;
    QWidget window;
    ShortcutSheet sheet(&window);
    for (const QWidget* panel :
         {static_cast<QWidget*>(&ledger), static_cast<QWidget*>(&cost), static_cast<QWidget*>(&sheet)}) {
      QVERIFY(!panel->accessibleName().isEmpty());
      for (const QToolButton* button : panel->findChildren<QToolButton*>())
        QVERIFY(!button->accessibleName().isEmpty() || !button->text().isEmpty());
    }
  }

  void withoutAResultPanelsStayEmpty() {
    KernelView view;
    view.state = stateOf(smallStudy());
    LedgerPanel ledger;
    CostPanel cost;
    ledger.present(view);
    cost.present(view);
    QVERIFY(ledger.ledger() == nullptr);
    QVERIFY(ledger.fact().isEmpty());
    QVERIFY(!ledger.grab().isNull());
    QVERIFY(!cost.grab().isNull());
  }

  void sheetScrollsWhereTheWindowIsTooSmall() {
    QWidget window;
    window.resize(300, 240);
    ShortcutSheet sheet(&window);
    ShortcutGroup group{QStringLiteral("Slide"), {}};
    for (int i = 0; i < 40; ++i)
      group.lines.push_back({QStringLiteral("Ctrl+%1").arg(i), QStringLiteral("step")});
    sheet.setShortcuts({group});
    window.show();
    sheet.toggle();
    QVERIFY(sheet.overflow() > 0);
    const QImage top = sheet.grab().toImage();
    QTest::keyClick(&sheet, Qt::Key_End);
    const QImage end = sheet.grab().toImage();
    QVERIFY(end != top);
    QTest::keyClick(&sheet, Qt::Key_Down);  // there is no more
    QCOMPARE(sheet.grab().toImage(), end);
    QTest::keyClick(&sheet, Qt::Key_Home);
    QCOMPARE(sheet.grab().toImage(), top);
  }

  void sheetClosesOnItsKeys_data() {
    QTest::addColumn<Qt::Key>("key");
    QTest::addRow("Esc") << Qt::Key_Escape;
    QTest::addRow("F1") << Qt::Key_F1;
    QTest::addRow("?") << Qt::Key_Question;
  }
  void sheetClosesOnItsKeys() {
    QFETCH(Qt::Key, key);
    QWidget window;
    window.resize(800, 600);
    ShortcutSheet sheet(&window);
    sheet.setShortcuts(
        {{QStringLiteral("Clip"), {{QStringLiteral("Ctrl+O"), QStringLiteral("Open a clip")}}}});
    QVERIFY(sheet.accessibleDescription().contains(QStringLiteral("Ctrl+O: Open a clip")));
    window.show();
    sheet.toggle();
    QVERIFY(sheet.isVisible());
    QCOMPARE(sheet.size(), window.size());
    QTest::keyClick(&sheet, Qt::Key_Left);
    QVERIFY(sheet.isVisible());
    QTest::keyClick(&sheet, key);
    QVERIFY(!sheet.isVisible());
  }
};

QTEST_MAIN(TestRightPanels)
#include "tst_right_panels.moc"
